/**
 * Pushes to repositories that do not exist, in a real account: the allowed name is created with its settings, the others are rejected.
 *
 * The account must have a trail that logs management write events in the Region.
 */
import { ExpectedResult, IntegTest, Match } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { deletionOf, FIRST_REQUEST, Pusher, TEST_PREFIX } from './pusher';
import { EcrAutoCreate } from '../../src';

const PREFIX = `${TEST_PREFIX}event-driven/`;
const ALLOWED = `${PREFIX}app`;
const DENIED = `${PREFIX}denied/app`;
const BY_ANOTHER = `${PREFIX}another`;

/** AWS promises no time for the delivery of an event. */
const DELIVERY = { totalTimeout: Duration.minutes(20), interval: Duration.seconds(15) };

const app = new App();
const stack = new Stack(app, 'EcrAutoCreateIntegEventDriven');
const pusher = new Pusher(stack, 'Pusher');
const another = new Pusher(stack, 'AnotherPusher');
const autoCreate = new EcrAutoCreate(stack, 'EcrAutoCreate', {
  allowedPrefixes: [PREFIX],
  deniedPrefixes: [`${PREFIX}denied/`],
  allowedPrincipals: [pusher.handler.role!.roleArn],
  removalPolicy: RemovalPolicy.DESTROY,
  repositoryDefaults: {
    imageTagMutability: ecr.TagMutability.IMMUTABLE,
    lifecycleRules: [{ tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 20 }],
    tags: { purpose: 'integration test' },
  },
});
for (const { handler } of [pusher, another]) autoCreate.grantPush(handler);

const test = new IntegTest(app, 'EventDriven', {
  testCases: [stack],
  diffAssets: false,
  hooks: { preDeploy: deletionOf(ALLOWED, DENIED, BY_ANOTHER), postDestroy: deletionOf(ALLOWED, DENIED, BY_ANOTHER) },
});

function push(by: Pusher, repositoryName: string, outcome: string) {
  return test.assertions.invokeFunction({ functionName: by.handler.functionName, payload: JSON.stringify({ repositoryName }) })
    .expect(ExpectedResult.objectLike({ Payload: outcome }));
}

function rejection(reason: string) {
  return test.assertions.awsApiCall('@aws-sdk/client-cloudwatch-logs', 'filterLogEvents', {
    logGroupName: autoCreate.logGroup.logGroupName,
    filterPattern: `{ $.reason = "${reason}" }`,
  }).expect(ExpectedResult.objectLike({ events: Match.arrayWith([Match.objectLike({ message: Match.stringLikeRegexp(reason) })]) }))
    .waitForAssertions(DELIVERY);
}

const created = test.assertions.awsApiCall('@aws-sdk/client-ecr', 'describeRepositories', { repositoryNames: [ALLOWED] })
  .expect(ExpectedResult.objectLike({
    repositories: [Match.objectLike({
      repositoryName: ALLOWED, imageTagMutability: 'IMMUTABLE', imageScanningConfiguration: { scanOnPush: true },
    })],
  }))
  .waitForAssertions(DELIVERY);

const lifecyclePolicy = test.assertions.awsApiCall('@aws-sdk/client-ecr', 'getLifecyclePolicy', { repositoryName: ALLOWED })
  .expect(ExpectedResult.objectLike({ repositoryName: ALLOWED, lifecyclePolicyText: Match.stringLikeRegexp('imageCountMoreThan') }))
  .waitForAssertions(DELIVERY);

push(pusher, ALLOWED, FIRST_REQUEST.NO_REPOSITORY)
  .next(created)
  .next(lifecyclePolicy)
  .next(push(pusher, ALLOWED, FIRST_REQUEST.ACCEPTED))
  .next(push(pusher, DENIED, FIRST_REQUEST.NO_REPOSITORY))
  .next(rejection('DeniedPrefix'))
  .next(push(another, BY_ANOTHER, FIRST_REQUEST.NO_REPOSITORY))
  .next(rejection('NotAllowedPrincipal'));
