// An app for the synth benchmark, as a user writes it: node synth.cjs KIND COUNT
'use strict';

const { join } = require('node:path');
const { App, Stack } = require('aws-cdk-lib');

/** CloudFormation takes 500 resources a stack. */
const CONSTRUCTS_A_STACK = 10;
const PROJECT = join(__dirname, '..', '..');
const BUNDLE = join(PROJECT, 'assets', 'handler');

const [kind, count = '1'] = process.argv.slice(2);

const failedPush = index => ({
  source: ['aws.ecr'],
  detailType: ['AWS API Call via CloudTrail'],
  detail: {
    eventSource: ['ecr.amazonaws.com'],
    eventName: ['InitiateLayerUpload', 'PutImage'],
    errorCode: ['RepositoryNotFoundException'],
    requestParameters: { repositoryName: [{ prefix: `team-${index}/` }] },
  },
});

/** A rule, a queue and a function, and nothing else. */
function ruleQueueAndFunction(makeFunction) {
  const { Rule } = require('aws-cdk-lib/aws-events');
  const { LambdaFunction } = require('aws-cdk-lib/aws-events-targets');
  const { Runtime } = require('aws-cdk-lib/aws-lambda');
  const { Queue } = require('aws-cdk-lib/aws-sqs');
  return (scope, index) => {
    const deadLetterQueue = new Queue(scope, `Queue${index}`, { enforceSSL: true });
    const handler = makeFunction(scope, `Function${index}`, { runtime: Runtime.NODEJS_24_X, environment: { PREFIX: `team-${index}/` } });
    new Rule(scope, `Rule${index}`, { eventPattern: failedPush(index), targets: [new LambdaFunction(handler, { deadLetterQueue })] });
  };
}

const plainFunction = makeCode => {
  const { Code, Function } = require('aws-cdk-lib/aws-lambda');
  return ruleQueueAndFunction((scope, id, props) => new Function(scope, id, { ...props, code: makeCode(Code), handler: 'index.handler' }));
};

const bundledAtSynth = bundling => {
  const { NodejsFunction } = require('aws-cdk-lib/aws-lambda-nodejs');
  return ruleQueueAndFunction((scope, id, props) => new NodejsFunction(scope, id, {
    ...props,
    entry: join(PROJECT, 'src', 'handler', 'index.ts'),
    projectRoot: PROJECT,
    depsLockFilePath: join(PROJECT, 'package-lock.json'),
    bundling,
  }));
};

const KINDS = {
  empty: () => () => {},
  inline: () => plainFunction(Code => Code.fromInline('exports.handler = async () => {};')),
  plain: () => plainFunction(Code => Code.fromAsset(BUNDLE)),
  byHand: () => require('./by-hand.cjs').byHand(BUNDLE, failedPush),
  ours: () => {
    const { TagMutability, TagStatus } = require('aws-cdk-lib/aws-ecr');
    const { EcrAutoCreate } = require('../../lib');
    return (scope, index) => new EcrAutoCreate(scope, `EcrAutoCreate${index}`, {
      allowedPrefixes: [`team-${index}/`],
      repositoryDefaults: {
        imageTagMutability: TagMutability.IMMUTABLE,
        lifecycleRules: [{ tagStatus: TagStatus.UNTAGGED, maxImageCount: 20 }],
        tags: { team: 'platform' },
      },
    });
  },
  entry: () => bundledAtSynth({}),
  entryWithSdk: () => bundledAtSynth({ bundleAwsSDK: true }),
};

const add = KINDS[kind]();
if (Number(count) > 0) {
  const app = new App();
  let stack;
  for (let index = 0; index < Number(count); index++) {
    if (index % CONSTRUCTS_A_STACK === 0) stack = new Stack(app, `Stack${index / CONSTRUCTS_A_STACK}`);
    add(stack, index);
  }
  app.synth();
}
