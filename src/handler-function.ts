import { Annotations, Duration, Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as destinations from 'aws-cdk-lib/aws-lambda-destinations';
import * as nodejs from 'aws-cdk-lib/aws-lambda-nodejs';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledged-findings';
import { MAX_FUNCTION_TIMEOUT } from './dead-letter-queue';
import type { EcrAutoCreateProps } from './ecr-auto-create-props';
import { handlerCode } from './handler-code';
import type { RepositoryPlan } from './repository-plan';
import { checkDuration, checkInteger } from './validation';

/** The bundle is compiled for this Node.js version. */
const OLDEST_NODE_VERSION = 20;

/**
 * In MiB. Measured on Node.js 24: 58 MiB in use; 20 ms of CPU time in the first call, 3 ms in later ones. One CPU comes with 1,769 MiB, so that these
 * take 70 and 10 ms here, little beside what ECR's answers and CloudTrail take. Twice the memory would save 35 ms of a first call and cost twice
 * as much while ECR answers; half of it would add 70 ms to save less than two cents in 1,000 repositories, and leave little for the runtime.
 */
const DEFAULT_MEMORY_SIZE = 512;

export const DEFAULT_TIMEOUT = Duration.seconds(30);
export const DEFAULT_MAX_EVENT_AGE = Duration.hours(1);

/** Throws on props of the function that Lambda would refuse. */
export function checkFunctionProps(props: EcrAutoCreateProps): void {
  checkInteger('retryAttempts', props.retryAttempts, 0, 2);
  checkDuration('maxEventAge', props.maxEventAge, Duration.seconds(60), Duration.hours(6));
  checkInteger('memorySize', props.memorySize, 128, 10_240);
  checkDuration('timeout', props.timeout, Duration.seconds(1), Duration.seconds(MAX_FUNCTION_TIMEOUT));
  checkInteger('reservedConcurrentExecutions', props.reservedConcurrentExecutions, 0);
  checkRuntime(props.runtime);
  for (const prop of ['vpcSubnets', 'securityGroups'] as const) {
    if (props[prop] !== undefined && props.vpc === undefined) {
      throw new Error(`${prop} must be left out without a vpc, got ${prop} alone`);
    }
  }
}

function checkRuntime(runtime: lambda.Runtime | undefined): void {
  if (runtime === undefined || Token.isUnresolved(runtime.name)) return;
  const version = Number(/^nodejs(\d+)\.x$/.exec(runtime.name)?.[1]);
  if (runtime.family !== lambda.RuntimeFamily.NODEJS || !(version >= OLDEST_NODE_VERSION)) {
    throw new Error(`runtime must be Node.js ${OLDEST_NODE_VERSION} or later, got ${runtime.name}`);
  }
}

export interface HandlerFunctionOptions {
  readonly plan: RepositoryPlan;
  readonly role: iam.IRole;
  readonly logGroup: logs.ILogGroup;
  readonly deadLetterQueue: sqs.IQueue;
}

/** The function that creates repositories, with its asynchronous retries. */
export function createHandler(scope: Construct, id: string, props: EcrAutoCreateProps, options: HandlerFunctionOptions): nodejs.NodejsFunction {
  const { plan, role, logGroup, deadLetterQueue } = options;
  const { code, environment, layers } = handlerCode(scope, plan);
  const handler = new nodejs.NodejsFunction(scope, id, {
    description: 'Creates Amazon ECR repositories that pushes found missing',
    runtime: props.runtime ?? lambda.Runtime.NODEJS_24_X,
    architecture: props.architecture ?? lambda.Architecture.ARM_64,
    code,
    handler: 'index.handler',
    environment,
    environmentEncryption: props.encryptionKey,
    layers,
    role,
    logGroup,
    memorySize: props.memorySize ?? DEFAULT_MEMORY_SIZE,
    timeout: props.timeout ?? DEFAULT_TIMEOUT,
    tracing: props.tracing,
    reservedConcurrentExecutions: props.reservedConcurrentExecutions,
    vpc: props.vpc,
    vpcSubnets: props.vpcSubnets,
    securityGroups: props.securityGroups,
    onFailure: new destinations.SqsDestination(deadLetterQueue),
  });

  // On the resource, because the function's own props refuse tokens.
  const config = handler.node.findChild('EventInvokeConfig').node.defaultChild as lambda.CfnEventInvokeConfig;
  config.maximumRetryAttempts = props.retryAttempts ?? 2;
  config.maximumEventAgeInSeconds = (props.maxEventAge ?? DEFAULT_MAX_EVENT_AGE).toSeconds();

  acknowledgeFindings(handler, props, { hasEnvironment: Object.keys(environment).length > 0 });
  if (props.reservedConcurrentExecutions === 0) {
    Annotations.of(scope).addWarningV2('cdk-ecr-auto-create:switchedOff',
      'reservedConcurrentExecutions is 0: the function never runs, and every event goes to the dead-letter queue');
  }
  return handler;
}

function acknowledgeFindings(handler: nodejs.NodejsFunction, props: EcrAutoCreateProps, { hasEnvironment }: { hasEnvironment: boolean }): void {
  acknowledge(handler, {
    rules: ['LambdaDLQ'],
    checks: ['CKV_AWS_116'],
    reason: 'What fails goes to the dead-letter queue as the on-failure destination of the asynchronous invocation, with the error',
  });
  if (props.reservedConcurrentExecutions === undefined) {
    acknowledge(handler, {
      rules: ['LambdaConcurrency'],
      checks: ['CKV_AWS_115'],
      reason: 'Throttled events are tried again until maxEventAge; reservedConcurrentExecutions takes a share of the account\'s concurrency for the function',
    });
  }
  if (props.vpc === undefined) {
    acknowledge(handler, {
      rules: ['LambdaInsideVPC'],
      checks: ['CKV_AWS_117'],
      reason: 'It calls Amazon ECR only, over TLS; vpc makes that a private connection',
    });
  }
  if (props.encryptionKey === undefined && hasEnvironment) {
    acknowledge(handler, {
      rules: [],
      checks: ['CKV_AWS_173'],
      reason: 'The environment holds no secret, and is encrypted by a key of AWS Lambda; encryptionKey makes it a customer key',
    });
  }
}
