import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { RepositorySettings } from './repository-settings';

/**
 * Properties of `EcrAutoCreate`.
 */
export interface EcrAutoCreateProps {
  /**
   * Only repositories whose names start with one of these are created.
   *
   * A prefix is compared character by character: `team-a` allows `team-a/api` and `team-ab` too, `team-a/` only the former.
   * It must be able to begin a repository name. An empty list and duplicates are errors.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
   * @default - every name
   */
  readonly allowedPrefixes?: string[];

  /**
   * What every created repository gets.
   *
   * Repositories that exist are not changed by it.
   *
   * @default - scan on push, and ECR's own defaults
   */
  readonly repositoryDefaults?: RepositorySettings;

  /**
   * How often a failed event is tried again, from 0 to 2 times, before it goes to the dead-letter queue.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
   * @default 2
   */
  readonly retryAttempts?: number;

  /**
   * How old an event may become before it goes to the dead-letter queue, from 60 seconds to 6 hours.
   *
   * Holds for its delivery to the function and for the function's retries.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
   * @default Duration.hours(1)
   */
  readonly maxEventAge?: Duration;

  /**
   * Where events go that could not be delivered or handled.
   *
   * Must be a standard queue, and not encrypted with the AWS managed key, which EventBridge cannot use. EventBridge is allowed to use a
   * customer managed key. A queue or key that is not this app's gets a warning with the policy statement that it needs.
   *
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
   * @default - a new queue that keeps messages for 14 days, encrypted by SQS, for TLS only
   */
  readonly deadLetterQueue?: sqs.IQueue;

  /**
   * Where the function's log, the record of who caused which repository, goes.
   *
   * @default - a new log group
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * How long the new log group keeps its entries. Not beside `logGroup`.
   *
   * @default RetentionDays.ONE_YEAR
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What happens to the new log group when it leaves the stack.
   *
   * Created repositories are never touched.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * The function's memory, from 128 to 10,240 MiB; its CPU share grows with it.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
   * @default 512
   */
  readonly memorySize?: number;

  /**
   * How long the function may take for one event, from 1 second to 15 minutes.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
   * @default Duration.seconds(30)
   */
  readonly timeout?: Duration;

  /**
   * The function's architecture.
   *
   * @default Architecture.ARM_64
   */
  readonly architecture?: lambda.Architecture;

  /**
   * The function's runtime: Node.js 20 or later.
   *
   * @default Runtime.NODEJS_24_X
   */
  readonly runtime?: lambda.Runtime;

  /**
   * How many events are handled at the same time, at most.
   *
   * With 0 the function is switched off: every event goes to the dead-letter queue after `maxEventAge`.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
   * @default - no limit but the account's
   */
  readonly reservedConcurrentExecutions?: number;

  /**
   * The function's role. `lambda.amazonaws.com` must be trusted to assume it.
   *
   * The permissions that the function needs are added to it, in managed policies and its default policy.
   *
   * @default - a new role
   */
  readonly role?: iam.IRole;

  /**
   * Whether the function is traced by AWS X-Ray.
   *
   * @default Tracing.DISABLED
   */
  readonly tracing?: lambda.Tracing;
}
