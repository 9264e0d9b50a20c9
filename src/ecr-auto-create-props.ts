import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { RepositoryCreationOptions } from './repository-creation-options';

/**
 * Properties of `EcrAutoCreate`.
 */
export interface EcrAutoCreateProps extends RepositoryCreationOptions {
  /**
   * Repositories whose names start with one of these are never created, even under an allowed prefix.
   *
   * One that covers the whole of an allowed prefix is an error. ECR's creation templates cannot deny names: not together with `creationTemplates`.
   *
   * @default - none
   */
  readonly deniedPrefixes?: string[];

  /**
   * Only failed pushes of these IAM principals create a repository: ARNs, in which `*` stands for any characters.
   *
   * An assumed role is compared by the ARN of its role, path included: `arn:aws:iam::111122223333:role/ci/*`. An event that names no
   * principal is then rejected. ECR's creation templates cannot tell pushers apart: not together with `creationTemplates`.
   *
   * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
   * @default - anyone whose push fails for want of the repository
   */
  readonly allowedPrincipals?: string[];

  /**
   * The key of a tag that names who caused the repository: the ARN of the pusher, or of the role that it assumed.
   *
   * The ARN is reduced to the characters that ECR accepts in a tag, 256 at most. Must differ from every other tag key.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html
   * @default - no such tag
   */
  readonly creatorTagKey?: string;

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
   * Whether messages of the dead-letter queue can be replayed: adds a *disabled* event source mapping from the queue to the function.
   *
   * Enable it once the cause of the failures is mended, and disable it when the queue is empty. What fails again stays in the queue.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
   * @default - true for the new queue, false for a given `deadLetterQueue`
   */
  readonly redrive?: boolean;

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
   * What happens to the new log group, and to the bucket of the trail, when they leave the stack.
   *
   * A bucket can be deleted only when it is empty. Created repositories are never touched.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * A customer managed key for the new dead-letter queue, the new log group, the trail and the function's environment.
   *
   * It must be a key of the same Region, not an alias. The services and the function's role are allowed to use it; a key that is not this
   * app's gets a warning with the policy statements that it needs, and must let the account's IAM policies apply. Repositories have a key of
   * their own: `repositoryDefaults.encryptionKey`.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   * @default - keys of the services
   */
  readonly encryptionKey?: kms.IKey;

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
   * @see https://docs.aws.amazon.com/lambda/latest/dg/foundation-arch.html
   * @default Architecture.ARM_64
   */
  readonly architecture?: lambda.Architecture;

  /**
   * The function's runtime: Node.js 20 or later.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
   * @default Runtime.NODEJS_24_X
   */
  readonly runtime?: lambda.Runtime;

  /**
   * How many events are handled at the same time, at most.
   *
   * With 0 the function is switched off, and every event goes to the dead-letter queue at once.
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

  /**
   * The VPC in which the function runs.
   *
   * It must reach ECR's API from there: by a NAT gateway, or by an interface endpoint for `ecr.api`.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
   * @default - no VPC
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets in which the function runs. Only with `vpc`.
   *
   * @default - the private subnets of `vpc`
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the function. Only with `vpc`.
   *
   * @default - a new security group
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Whether to define a CloudTrail trail that logs write management events of this Region, for accounts that have none.
   *
   * Without any such trail EventBridge gets no ECR calls. In an account that has one, a second one costs money.
   *
   * @see https://aws.amazon.com/cloudtrail/pricing/
   * @default false
   */
  readonly createTrail?: boolean;

  /**
   * Whether to define ECR repository creation templates for the same policy too.
   *
   * ECR itself then creates the repository, and the first push succeeds; the events catch the names that no template covers. A template knows
   * neither denied prefixes nor principals, takes only prefixes that end with `/`, and cannot turn on scan on push. A prefix can have one
   * template in an account and Region.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
   * @default false
   */
  readonly creationTemplates?: boolean;
}
