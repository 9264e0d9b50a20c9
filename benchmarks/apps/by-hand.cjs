// The resources of EcrAutoCreate, written out with the CDK's own constructs: what a user without the library would need for the same.
'use strict';

const { Duration, RemovalPolicy, Stack } = require('aws-cdk-lib');
const { Rule } = require('aws-cdk-lib/aws-events');
const { LambdaFunction } = require('aws-cdk-lib/aws-events-targets');
const { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } = require('aws-cdk-lib/aws-iam');
const { Architecture, Code, Function, Runtime } = require('aws-cdk-lib/aws-lambda');
const { SqsDestination } = require('aws-cdk-lib/aws-lambda-destinations');
const { SqsEventSource } = require('aws-cdk-lib/aws-lambda-event-sources');
const { LogGroup, RetentionDays } = require('aws-cdk-lib/aws-logs');
const { Queue, QueueEncryption } = require('aws-cdk-lib/aws-sqs');

exports.byHand = (codeFolder, failedPush) => (scope, index) => {
  const timeout = Duration.seconds(30);
  const deadLetterQueue = new Queue(scope, `Queue${index}`, {
    enforceSSL: true, encryption: QueueEncryption.SQS_MANAGED, retentionPeriod: Duration.days(14), visibilityTimeout: Duration.seconds(180),
  });
  const logGroup = new LogGroup(scope, `Logs${index}`, { retention: RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.RETAIN });
  const role = new Role(scope, `Role${index}`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  role.addManagedPolicy(new ManagedPolicy(scope, `Policy${index}`, {
    statements: [new PolicyStatement({
      actions: ['ecr:CreateRepository', 'ecr:TagResource', 'ecr:PutLifecyclePolicy'],
      resources: [Stack.of(scope).formatArn({ service: 'ecr', resource: 'repository', resourceName: `team-${index}/*` })],
    })],
  }));
  const handler = new Function(scope, `Function${index}`, {
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: Code.fromAsset(codeFolder),
    handler: 'index.handler',
    environment: { PREFIX: `team-${index}/` },
    memorySize: 512,
    timeout,
    role,
    logGroup,
    retryAttempts: 2,
    maxEventAge: Duration.hours(1),
    onFailure: new SqsDestination(deadLetterQueue),
  });
  handler.addEventSource(new SqsEventSource(deadLetterQueue, { batchSize: 1, maxConcurrency: 2, enabled: false, reportBatchItemFailures: true }));
  new Rule(scope, `Rule${index}`, { eventPattern: failedPush(index), targets: [new LambdaFunction(handler, { deadLetterQueue })] });
};
