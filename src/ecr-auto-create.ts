import { Annotations, Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as destinations from 'aws-cdk-lib/aws-lambda-destinations';
import * as nodejs from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { createDeadLetterQueue, MAX_FUNCTION_TIMEOUT, useDeadLetterQueue } from './dead-letter-queue';
import type { EcrAutoCreateProps } from './ecr-auto-create-props';
import { grantCreation } from './ecr-permissions';
import { failedPushPattern } from './failed-push-pattern';
import { HandlerCode } from './handler-code';
import { RepositoryPlan } from './repository-plan';
import { checkDuration, checkInteger } from './validation';

/** The bundle is compiled for this Node.js version. */
const OLDEST_NODE_VERSION = 20;

/**
 * In MiB. Measured on Node.js 24: 67 MiB in use, and 40 ms of CPU time in the first call, which is stretched to 140 ms here, as one CPU
 * comes with 1,769 MiB. Twice the memory would save 70 ms of the seconds that an event takes, and cost twice as much while ECR answers.
 */
const DEFAULT_MEMORY_SIZE = 512;
const DEFAULT_TIMEOUT = Duration.seconds(30);
const DEFAULT_MAX_EVENT_AGE = Duration.hours(1);

/**
 * Creates an Amazon ECR repository when an image is pushed to one that does not exist.
 *
 * The failed push is recorded by CloudTrail, matched by an EventBridge rule and handled by a Lambda function, which creates the
 * repository with your settings. The push must be repeated; a few seconds later it succeeds. The account needs a CloudTrail trail that logs
 * write management events in the Region: without one, EventBridge gets no such events.
 *
 * Events that cannot be delivered or handled go to a dead-letter queue.
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

  constructor(scope: Construct, id: string, props: EcrAutoCreateProps = {}) {
    super(scope, id);
    checkProps(props);
    const plan = new RepositoryPlan(this, props);
    const { timeout = DEFAULT_TIMEOUT, maxEventAge = DEFAULT_MAX_EVENT_AGE } = props;

    if (props.deadLetterQueue) useDeadLetterQueue(this, props.deadLetterQueue);
    this.deadLetterQueue = props.deadLetterQueue ?? createDeadLetterQueue(this, 'DeadLetterQueue', timeout);
    this.logGroup = props.logGroup ?? new logs.LogGroup(this, 'LogGroup', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_YEAR,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });

    const role = props.role ?? new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(role);
    grantCreation(this, role, plan);

    const code = new HandlerCode(plan);
    this.handler = new nodejs.NodejsFunction(this, 'Handler', {
      description: 'Creates Amazon ECR repositories that pushes found missing',
      runtime: props.runtime ?? lambda.Runtime.NODEJS_24_X,
      architecture: props.architecture ?? lambda.Architecture.ARM_64,
      code,
      handler: 'index.handler',
      environment: code.environment(this),
      role,
      logGroup: this.logGroup,
      memorySize: props.memorySize ?? DEFAULT_MEMORY_SIZE,
      timeout,
      tracing: props.tracing,
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      onFailure: new destinations.SqsDestination(this.deadLetterQueue),
    });
    this.grantPrincipal = this.handler.grantPrincipal;
    configureRetries(this.handler, props.retryAttempts ?? 2, maxEventAge);

    this.rule = new events.Rule(this, 'Rule', {
      description: 'Pushes to Amazon ECR repositories that do not exist',
      eventPattern: failedPushPattern(this, plan.allowedPrefixes),
      targets: [new targets.LambdaFunction(this.handler, { deadLetterQueue: this.deadLetterQueue, maxEventAge })],
    });

    if (props.reservedConcurrentExecutions === 0) {
      Annotations.of(this).addWarningV2('cdk-ecr-auto-create:switchedOff',
        'reservedConcurrentExecutions is 0: the function never runs, and every event goes to the dead-letter queue');
    }
  }
}

function checkProps(props: EcrAutoCreateProps): void {
  const { runtime } = props;
  checkInteger('retryAttempts', props.retryAttempts, 0, 2);
  checkDuration('maxEventAge', props.maxEventAge, Duration.seconds(60), Duration.hours(6));
  checkInteger('memorySize', props.memorySize, 128, 10_240);
  checkDuration('timeout', props.timeout, Duration.seconds(1), Duration.seconds(MAX_FUNCTION_TIMEOUT));
  checkInteger('reservedConcurrentExecutions', props.reservedConcurrentExecutions, 0);
  if (props.logGroup !== undefined && props.logRetention !== undefined) {
    throw new Error('logRetention must be left out with a logGroup, got both; set the retention on the log group');
  }
  if (runtime !== undefined && !Token.isUnresolved(runtime.name)) {
    const version = Number(/^nodejs(\d+)\.x$/.exec(runtime.name)?.[1]);
    if (runtime.family !== lambda.RuntimeFamily.NODEJS || !(version >= OLDEST_NODE_VERSION)) {
      throw new Error(`runtime must be Node.js ${OLDEST_NODE_VERSION} or later, got ${runtime.name}`);
    }
  }
}

/** On the resource, because the function's own props refuse tokens. */
function configureRetries(handler: lambda.Function, retryAttempts: number, maxEventAge: Duration): void {
  const config = handler.node.findChild('EventInvokeConfig').node.defaultChild as lambda.CfnEventInvokeConfig;
  config.maximumRetryAttempts = retryAttempts;
  config.maximumEventAgeInSeconds = maxEventAge.toSeconds();
}
