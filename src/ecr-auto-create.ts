import { Annotations, type Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as cloudtrail from 'aws-cdk-lib/aws-cloudtrail';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type * as nodejs from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledged-findings';
import { useCustomerKey } from './customer-key';
import { createDeadLetterQueue, useDeadLetterQueue } from './dead-letter-queue';
import type { EcrAutoCreateProps } from './ecr-auto-create-props';
import { EcrCreationTemplates } from './ecr-creation-templates';
import { grantCreation } from './ecr-permissions';
import { failedPushPattern } from './failed-push-pattern';
import { checkFunctionProps, createHandler, DEFAULT_MAX_EVENT_AGE, DEFAULT_TIMEOUT } from './handler-function';
import { grantNetworkInterfaces, HandlerRole } from './handler-role';
import { createAlarms, type EcrAutoCreateAlarmOptions, type EcrAutoCreateAlarms } from './monitoring-alarms';
import { addWidgets } from './monitoring-dashboard';
import * as metrics from './monitoring-metrics';
import { repositoryCreatedPattern } from './repository-created-pattern';
import { grantOnRepositories, PULL_ACTIONS, PUSH_ACTIONS } from './repository-grants';
import { RepositoryPlan } from './repository-plan';
import { createTrail } from './trail';

/**
 * Creates an Amazon ECR repository when an image is pushed to one that does not exist.
 *
 * The failed push is recorded by CloudTrail, matched by an EventBridge rule and handled by a Lambda function, which creates the
 * repository with your settings. The push must be repeated, until it succeeds: a few seconds later as a rule, but CloudTrail promises no time.
 * The account needs a CloudTrail trail that logs write management events in the Region: without one, EventBridge gets no such events.
 *
 * Events that cannot be delivered or handled go to a dead-letter queue. Repositories that exist are not changed, and none is deleted with the
 * stack.
 *
 * With `creationTemplates`, ECR itself creates repositories for the same policy, and the first push succeeds.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/logging-using-cloudtrail.html
 *
 * @example
 *
 * new EcrAutoCreate(this, 'EcrAutoCreate', {
 *   allowedPrefixes: ['backend/', 'frontend/'],
 *   repositoryDefaults: {
 *     imageTagMutability: ecr.TagMutability.IMMUTABLE,
 *     lifecycleRules: [{ tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 20 }],
 *     tags: { team: 'platform' },
 *   },
 * });
 */
export class EcrAutoCreate extends Construct implements iam.IGrantable {
  /**
   * The rule on the default event bus that matches failed pushes.
   */
  public readonly rule: events.Rule;

  /**
   * The function that creates repositories.
   */
  public readonly handler: nodejs.NodejsFunction;

  /**
   * The function's log group: one JSON line per event.
   */
  public readonly logGroup: logs.ILogGroup;

  /**
   * The queue of events that could not be delivered or handled.
   */
  public readonly deadLetterQueue: sqs.IQueue;

  /**
   * The principal that creates repositories: the function's role.
   */
  public readonly grantPrincipal: iam.IPrincipal;

  /**
   * The creation templates for the same policy, if `creationTemplates` is on.
   */
  public readonly creationTemplates?: EcrCreationTemplates;

  /**
   * The trail, if `createTrail` is on.
   */
  public readonly trail?: cloudtrail.Trail;

  private readonly plan: RepositoryPlan;
  private readonly maxEventAge: Duration;

  /**
   * Defines the rule, the function, its log group and its dead-letter queue.
   *
   * @param scope the construct that this one is part of; the registry is that of its stack's account and Region
   * @param id the id, unique in the scope
   * @param props which repositories are created, and what they get
   */
  constructor(scope: Construct, id: string, props: EcrAutoCreateProps = {}) {
    super(scope, id);
    checkFunctionProps(props);
    if (props.logGroup !== undefined && props.logRetention !== undefined) {
      throw new Error('logRetention must be left out with a logGroup, got both; set the retention on the log group');
    }
    const { encryptionKey, removalPolicy = RemovalPolicy.RETAIN } = props;
    this.maxEventAge = props.maxEventAge ?? DEFAULT_MAX_EVENT_AGE;
    this.plan = new RepositoryPlan(this, props);
    this.creationTemplates = props.creationTemplates ? createTemplates(this, props) : undefined;

    const role = props.role ?? new HandlerRole(this, 'Role');
    if (encryptionKey) useCustomerKey(this, encryptionKey, role, { logGroup: !props.logGroup, deadLetterQueue: !props.deadLetterQueue });
    if (props.deadLetterQueue) useDeadLetterQueue(this, props.deadLetterQueue);
    this.deadLetterQueue = props.deadLetterQueue
      ?? createDeadLetterQueue(this, 'DeadLetterQueue', props.timeout ?? DEFAULT_TIMEOUT, encryptionKey);
    this.logGroup = props.logGroup ?? createLogGroup(this, 'LogGroup', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_YEAR, removalPolicy, encryptionKey,
    });
    this.logGroup.grantWrite(role);
    if (props.vpc) grantNetworkInterfaces(this, role);
    grantCreation(this, role, this.plan);

    this.handler = createHandler(this, 'Handler', props, {
      plan: this.plan, role, logGroup: this.logGroup, deadLetterQueue: this.deadLetterQueue,
    });
    this.grantPrincipal = this.handler.grantPrincipal;
    if (props.redrive ?? props.deadLetterQueue === undefined) {
      this.handler.addEventSource(new SqsEventSource(this.deadLetterQueue, {
        enabled: false, batchSize: 1, maxConcurrency: 2, reportBatchItemFailures: true,
      }));
    }

    this.rule = new events.Rule(this, 'Rule', {
      description: 'Pushes to Amazon ECR repositories that do not exist',
      eventPattern: failedPushPattern(this, this.plan.allowedPrefixes),
      targets: [new targets.LambdaFunction(this.handler, { deadLetterQueue: this.deadLetterQueue, maxEventAge: this.maxEventAge })],
    });
    this.trail = props.createTrail ? createTrail(this, 'Trail', { removalPolicy, encryptionKey }) : undefined;
  }

  /**
   * Lets a CI role, for example, push images under the allowed prefixes.
   *
   * It permits by name, whether or not the repository exists, and does not permit `ecr:CreateRepository`. Without `allowedPrefixes` that is the
   * whole registry, and denied prefixes stay pushable: they keep repositories from being created. A principal of another account needs a
   * repository policy too.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
   * @param grantee who may push
   */
  public grantPush(grantee: iam.IGrantable): iam.Grant {
    return grantOnRepositories(this, grantee, PUSH_ACTIONS, this.plan);
  }

  /**
   * Lets a principal pull images under the allowed prefixes, or of the whole registry without them.
   *
   * A principal of another account needs a repository policy too.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
   * @param grantee who may pull
   */
  public grantPull(grantee: iam.IGrantable): iam.Grant {
    return grantOnRepositories(this, grantee, PULL_ACTIONS, this.plan);
  }

  /**
   * Defines a rule that matches each repository that the function's role, or the role of the creation templates, has created.
   *
   * CloudTrail records the creation, so that a trail is needed here too. How it records a creation by a template's role is not documented: the
   * rule expects that role as the issuer of the session, as for any assumed role.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/logging-using-cloudtrail.html
   * @param id the id of the rule
   * @param options the target, and what else to match
   */
  public onRepositoryCreated(id: string, options: events.OnEventOptions = {}): events.Rule {
    const roles = [this.handler.role, this.creationTemplates?.role].flatMap(role => role ? [role.roleArn] : []);
    const { target, crossStackScope, ...ruleOptions } = options;
    const rule = new events.Rule(crossStackScope ?? this, id, ruleOptions);
    rule.addEventPattern(repositoryCreatedPattern(this, roles));
    rule.addTarget(target);
    return rule;
  }

  /**
   * How many repositories were created.
   *
   * @default - sum over 5 minutes
   * @param options properties of the metric
   */
  public metricCreated(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return metrics.metricCreated(this, options);
  }

  /**
   * How many events were refused: by the policy, or because they are no failed pushes to this registry.
   *
   * @default - sum over 5 minutes
   * @param options properties of the metric
   */
  public metricRejected(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return metrics.metricRejected(this, options);
  }

  /**
   * How many attempts to create or configure a repository failed. Each event is attempted again `retryAttempts` times.
   *
   * @default - sum over 5 minutes
   * @param options properties of the metric
   */
  public metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return metrics.metricFailed(this, options);
  }

  /**
   * How long it took from the failed push to the repository, in milliseconds. Events replayed from the dead-letter queue do not count.
   *
   * @default - 90th percentile over 5 minutes
   * @param options properties of the metric
   */
  public metricTimeToCreate(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return metrics.metricTimeToCreate(this, options);
  }

  /**
   * How many messages are in the dead-letter queue.
   *
   * @default - maximum over 5 minutes
   * @param options properties of the metric
   */
  public metricDeadLetters(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return metrics.metricDeadLetters(this, options);
  }

  /**
   * Defines alarms on dead letters, failures, throttles and the age of the oldest event.
   *
   * @returns the alarms, to be changed or added to others
   * @param id the id of the scope that holds the alarms
   * @param options actions and thresholds
   */
  public addAlarms(id: string, options: EcrAutoCreateAlarmOptions = {}): EcrAutoCreateAlarms {
    return createAlarms(new Construct(this, id), this, this.maxEventAge, options);
  }

  /**
   * Adds graphs of what was created, refused and failed, how long it took, and how the function does.
   *
   * @param dashboard the dashboard that gets them
   */
  public addDashboardWidgets(dashboard: cloudwatch.Dashboard): void {
    addWidgets(dashboard, this.node.path, this);
  }
}

function createLogGroup(scope: Construct, id: string, props: logs.LogGroupProps): logs.LogGroup {
  const logGroup = new logs.LogGroup(scope, id, props);
  if (props.encryptionKey === undefined) {
    acknowledge(logGroup, {
      rules: ['CloudWatchLogGroupEncrypted'],
      checks: ['CKV_AWS_158'],
      reason: 'It is encrypted by keys of CloudWatch Logs; encryptionKey makes it a customer key',
    });
  }
  return logGroup;
}

/** ECR's templates know prefixes only: what they would let through is an error. */
function createTemplates(scope: Construct, props: EcrAutoCreateProps): EcrCreationTemplates {
  for (const prop of ['deniedPrefixes', 'allowedPrincipals'] as const) {
    if (props[prop] !== undefined) {
      throw new Error(`${prop} must be left out with creationTemplates, which would create all the same, got both; leave creationTemplates out to create by events only`);
    }
  }
  if (props.creatorTagKey !== undefined) {
    Annotations.of(scope).addWarningV2('cdk-ecr-auto-create:templateCreatorTag',
      'creatorTagKey has no effect on repositories that a creation template creates: ECR does not tell it who pushed');
  }
  const { allowedPrefixes, repositoryDefaults, repositoryOverrides } = props;
  return new EcrCreationTemplates(scope, 'CreationTemplates', { allowedPrefixes, repositoryDefaults, repositoryOverrides });
}
