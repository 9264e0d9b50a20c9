/** Pushes to a repository that does not exist, in a real account, where a creation template lets ECR create it: the first push is accepted. */
import { ExpectedResult, IntegTest, Match } from '@aws-cdk/integ-tests-alpha';
import { App, Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import { deletionOf, FIRST_REQUEST, Pusher, TEST_PREFIX } from './pusher';
import { EcrCreationTemplates } from '../../src';

const PREFIX = `${TEST_PREFIX}creation-templates/`;
const REPOSITORY = `${PREFIX}app`;

const app = new App();
const stack = new Stack(app, 'EcrAutoCreateIntegCreationTemplates');
const templates = new EcrCreationTemplates(stack, 'Templates', {
  allowedPrefixes: [PREFIX],
  repositoryDefaults: {
    imageScanOnPush: false,
    imageTagMutability: ecr.TagMutability.IMMUTABLE,
    lifecycleRules: [{ tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 20 }],
    tags: { purpose: 'integration test' },
  },
});
const { handler } = new Pusher(stack, 'Pusher');
handler.addToRolePolicy(new iam.PolicyStatement({
  actions: ['ecr:InitiateLayerUpload'],
  resources: [stack.formatArn({ service: 'ecr', resource: 'repository', resourceName: `${PREFIX}*` })],
}));
handler.node.addDependency(templates);

const test = new IntegTest(app, 'CreationTemplates', {
  testCases: [stack],
  diffAssets: false,
  hooks: { preDeploy: deletionOf(REPOSITORY), postDestroy: deletionOf(REPOSITORY) },
});

test.assertions.invokeFunction({ functionName: handler.functionName, payload: JSON.stringify({ repositoryName: REPOSITORY }) })
  .expect(ExpectedResult.objectLike({ Payload: FIRST_REQUEST.ACCEPTED }))
  .next(test.assertions.awsApiCall('@aws-sdk/client-ecr', 'describeRepositories', { repositoryNames: [REPOSITORY] })
    .expect(ExpectedResult.objectLike({ repositories: [Match.objectLike({ repositoryName: REPOSITORY, imageTagMutability: 'IMMUTABLE' })] })))
  .next(test.assertions.awsApiCall('@aws-sdk/client-ecr', 'getLifecyclePolicy', { repositoryName: REPOSITORY })
    .expect(ExpectedResult.objectLike({ lifecyclePolicyText: Match.stringLikeRegexp('imageCountMoreThan') })));
