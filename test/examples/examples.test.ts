import { rmSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import * as recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import { define as everyRegion } from '../../examples/every-region/app';
import { define as kmsAndCrossAccount } from '../../examples/kms-and-cross-account/app';
import { define as minimal } from '../../examples/minimal/app';
import { define as nativeTemplates } from '../../examples/native-templates/app';
import { define as notifications } from '../../examples/notifications/app';
import { define as teamOverrides } from '../../examples/team-overrides/app';
import { assumedRoleIdentity, iamUserIdentity, type UserIdentity } from '../local-aws/cloudtrail';
import { LocalAws, type LocalAwsOptions } from '../local-aws/local-aws';
import { buildOciImage } from '../local-aws/oci-image';
import type { PushClient } from '../local-aws/push-client';
import { findPushClient } from '../local-aws/push-clients';
import { pushUntilAccepted } from '../local-aws/push-loop';

const ACCOUNT = '123456789012';
const ENVIRONMENT = { partition: 'aws', region: 'eu-central-1', account: ACCOUNT };
const LAYERS = 2;
const IMAGE = buildOciImage(LAYERS);

let client: PushClient;
let assembly: CloudAssembly;
let aws: LocalAws;

beforeAll(async () => { client = await findPushClient('embedded'); });
afterAll(async () => client.close());

/** Synthesises an example as an app of `cdk init` does, and gives the template of a stack. */
function synthesize(define: (app: App) => void, stackName = 'Registry'): Template {
  const app = new App({ context: recommendedFlags });
  define(app);
  assembly = app.synth();
  return templateOf(stackName);
}

function templateOf(stackName: string): Template {
  const { template, messages } = assembly.getStackByName(stackName);
  expect(messages.filter(({ level }) => level !== 'info').map(({ entry }) => entry.data)).toEqual([]);
  return Template.fromJSON(template);
}

const deploy = async (options: LocalAwsOptions = {}) => { aws = await LocalAws.deploy(assembly.directory, options); };
const reference = (repository: string) => ({ host: aws.registryHost, repository, tag: '1.0' });
const pushOnce = async (repository: string) => (await client.push(IMAGE, reference(repository))).ok;
const pushInLoop = async (repository: string) =>
  (await pushUntilAccepted(client, IMAGE, reference(repository), async () => aws.idle(), 2)).map(({ ok }) => ok);
const invocations = () => aws.functions.flatMap(lambda => lambda.invocations);
const reasons = () => aws.functions.flatMap(({ logs }) => logs.filter(({ stream }) => stream === 'stdout')
  .flatMap(({ text }) => JSON.parse(text).reason ?? []));
const only = (type: string) => {
  const resources = aws.deployment.resources(type);
  expect(resources).toHaveLength(1);
  return resources[0];
};

afterEach(async () => {
  await aws.idle();
  expect(aws.queues.flatMap(({ messages }) => messages)).toEqual([]);
  await aws.close();
  rmSync(assembly.directory, { recursive: true });
});

describe('minimal', () => {
  beforeEach(async () => {
    synthesize(minimal);
    await deploy();
  });

  test('each push to a missing repository creates it, whatever its name', async () => {
    expect(await pushInLoop('whatever/it-is')).toEqual([false, true]);
    const repository = aws.ecr.repositories.get('whatever/it-is')!;
    expect(repository).toMatchObject({ scanOnPush: true, imageTagMutability: 'MUTABLE' });
    expect(repository.tags).toEqual({ 'created-by': 'cdk-ecr-auto-create', 'cdk-ecr-auto-create:owner': expect.stringMatching(/^Registry\//) });
    expect([repository.lifecyclePolicyText, repository.repositoryPolicyText]).toEqual([undefined, undefined]);
    expect(aws.lost).toEqual([]);
  });

  test('it has no trail and no template', () => {
    expect(aws.deployment.resources('AWS::CloudTrail::Trail')).toEqual([]);
    expect(aws.deployment.resources('AWS::ECR::RepositoryCreationTemplate')).toEqual([]);
  });
});

describe('team-overrides', () => {
  const creator = { 'created-for': expect.stringMatching(`^arn:aws:iam::${ACCOUNT}:role/Registry-CiRole`) };
  const identities: Record<string, UserIdentity> = {};
  let template: Template;

  beforeEach(async () => {
    template = synthesize(teamOverrides);
    await deploy({ identities });
    const ciRole = aws.deployment.resources('AWS::IAM::Role').find(({ logicalId }) => logicalId.startsWith('CiRole'))!;
    identities.anonymous = assumedRoleIdentity(ENVIRONMENT, ciRole.arn!, 'build');
  });

  test.each([
    ['payments/api', 'payments', { imageTagMutability: 'IMMUTABLE' }, undefined],
    ['search/index', 'search', {
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'latest' }],
    }, { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 20 }],
    ['search/sandbox/trial', 'search', { imageTagMutability: 'MUTABLE' },
      { tagStatus: 'any', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 }],
  ])('%s gets what team %s said, over the defaults', async (name, team, settings, selection) => {
    expect(await pushInLoop(name)).toEqual([false, true]);
    const { lifecyclePolicyText, ...repository } = aws.ecr.repositories.get(name)!;
    expect(repository).toMatchObject({ ...settings, scanOnPush: true, tags: { 'cost-centre': 'platform', team, ...creator } });
    expect(JSON.parse(lifecyclePolicyText ?? '{}').rules?.[0].selection).toEqual(selection);
  });

  test('a denied name and a name of no team are not created', async () => {
    expect(await pushInLoop('payments/archive/old')).toEqual([false, false]);
    expect(await pushInLoop('billing/api')).toEqual([false, false]);
    expect(new Set(reasons())).toEqual(new Set(['DeniedPrefix']));
    expect(aws.ecr.repositories.size).toBe(0);
  });

  test('nobody but the CI role causes a repository', async () => {
    identities.anonymous = iamUserIdentity(ENVIRONMENT, 'somebody');
    expect(await pushInLoop('payments/api')).toEqual([false, false]);
    expect(new Set(reasons())).toEqual(new Set(['NotAllowedPrincipal']));
  });

  test('the CI role may push under the two prefixes, and create nothing', () => {
    const policies = Object.values(template.findResources('AWS::IAM::Policy', { Properties: { PolicyName: Match.stringLikeRegexp('^CiRole') } }));
    expect(policies.map(({ Properties }) => Properties.Roles)).toEqual([[{ Ref: expect.stringMatching(/^CiRole/) }]]);
    const [token, push, ...others] = policies[0].Properties.PolicyDocument.Statement;
    expect(token).toEqual({ Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' });
    expect(push.Action).toEqual([
      'ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart',
    ]);
    expect(push.Resource.map((arn: { 'Fn::Join': [string, string[]] }) => arn['Fn::Join'][1].at(-1))).toEqual([
      ':repository/payments/*', ':repository/search/*',
    ]);
    expect(others).toEqual([]);
  });
});

describe('native-templates', () => {
  let template: Template;

  beforeEach(async () => {
    template = synthesize(nativeTemplates);
    await deploy();
  });

  test.each([
    ['frontend/web', 'IMMUTABLE'],
    ['backend/api', 'IMMUTABLE'],
    ['backend/sandbox/trial', 'MUTABLE'],
  ])('the first push to %s succeeds, and its tags are %s', async (name, imageTagMutability) => {
    expect(await pushOnce(name)).toBe(true);
    expect(aws.ecr.repositories.get(name)).toMatchObject({
      imageTagMutability, tags: { team: 'platform' }, lifecyclePolicyText: expect.stringContaining('"untagged"'),
    });
  });

  test('no other name is created', async () => {
    expect(await pushOnce('sandbox/trial')).toBe(false);
    expect(aws.ecr.repositories.size).toBe(0);
  });

  test('there is a template for what the cache rule pulls', () => {
    const { EcrRepositoryPrefix: prefix } = only('AWS::ECR::PullThroughCacheRule').properties;
    template.hasResourceProperties('AWS::ECR::RepositoryCreationTemplate', {
      Prefix: prefix, AppliedFor: ['CREATE_ON_PUSH', 'PULL_THROUGH_CACHE'], ImageTagMutability: 'MUTABLE',
    });
    template.hasResourceProperties('AWS::ECR::RegistryScanningConfiguration', {
      ScanType: 'BASIC', Rules: [{ ScanFrequency: 'SCAN_ON_PUSH', RepositoryFilters: [{ Filter: '*', FilterType: 'WILDCARD' }] }],
    });
  });

  test('nothing runs', () => {
    expect(aws.functions).toEqual([]);
    for (const type of ['AWS::Events::Rule', 'AWS::SQS::Queue', 'AWS::Logs::LogGroup']) expect(aws.deployment.resources(type)).toEqual([]);
  });
});

describe('kms-and-cross-account', () => {
  const key = (name: string) => aws.deployment.resources('AWS::KMS::Key').find(({ logicalId }) => logicalId.startsWith(name))!.arn;

  beforeEach(async () => {
    synthesize(kmsAndCrossAccount);
    await deploy();
  });

  test('a created repository is under the key for images, and the other account may pull from it', async () => {
    expect(await pushOnce('services/web')).toBe(true);
    const { encryptionConfiguration, repositoryPolicyText } = aws.ecr.repositories.get('services/web')!;
    expect(encryptionConfiguration).toEqual({ encryptionType: 'KMS', kmsKey: key('ImageKey') });
    expect(JSON.parse(repositoryPolicyText!).Statement).toEqual([{
      Sid: 'ProductionPulls',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::210987654321:root' },
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    }]);
  });

  test('by events it is the same', async () => {
    await aws.close();
    await deploy({
      mutateTemplate: ({ Resources = {} }) => {
        for (const [id, { Type }] of Object.entries(Resources)) if (Type === 'AWS::ECR::RepositoryCreationTemplate') delete Resources[id];
      },
    });
    expect(await pushInLoop('services/web')).toEqual([false, true]);
    expect(aws.ecr.repositories.get('services/web')).toMatchObject({
      encryptionConfiguration: { encryptionType: 'KMS', kmsKey: key('ImageKey') }, repositoryPolicyText: expect.stringContaining('ProductionPulls'),
    });
  });

  test('queue, log and environment are under the other key', () => {
    const operations = key('OperationsKey');
    expect(only('AWS::SQS::Queue').properties.KmsMasterKeyId).toBe(operations);
    expect(only('AWS::Logs::LogGroup').properties.KmsKeyId).toBe(operations);
    expect(only('AWS::Lambda::Function').properties.KmsKeyArn).toBe(operations);
  });
});

describe('notifications', () => {
  const parameters = { NotificationAddress: 'platform@example.com' };
  const topicArn = () => only('AWS::SNS::Topic').arn;

  beforeEach(async () => {
    synthesize(notifications);
    await deploy({
      parameters,
      // The local bus neither writes messages nor notifies: what it cannot deliver there is counted as lost.
      mutateTemplate: ({ Resources = {} }) => {
        const rule = Object.entries(Resources).find(([id]) => id.startsWith('EcrAutoCreateCreated'))![1];
        const [target] = rule.Properties!.Targets as { InputTransformer?: unknown }[];
        expect(target.InputTransformer).toEqual({
          InputPathsMap: { 'detail-requestParameters-repositoryName': '$.detail.requestParameters.repositoryName' },
          InputTemplate: '"New repository: <detail-requestParameters-repositoryName>"',
        });
        delete target.InputTransformer;
      },
    });
  });

  test('a created repository is told of once, and nothing else', async () => {
    expect(await pushInLoop('backend/payments')).toEqual([false, true]);
    expect(invocations().length).toBeGreaterThanOrEqual(LAYERS);
    expect(aws.lost.map(({ event }) => event)).toEqual([expect.objectContaining({
      detail: expect.objectContaining({ eventName: 'CreateRepository', requestParameters: expect.objectContaining({ repositoryName: 'backend/payments' }) }),
    })]);
  });

  test('the address is subscribed, and rule and alarms may publish', () => {
    expect(only('AWS::SNS::Subscription').properties).toMatchObject({ Protocol: 'email', Endpoint: parameters.NotificationAddress, TopicArn: topicArn() });
    const { Statement: statements } = only('AWS::SNS::TopicPolicy').properties.PolicyDocument as { Statement: unknown[] };
    expect(statements).toContainEqual(expect.objectContaining({
      Effect: 'Allow', Principal: { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] }, Action: 'sns:Publish', Resource: topicArn(),
    }));
  });

  test('one message in the dead-letter queue raises an alarm, and every alarm tells of its beginning and its end', () => {
    const alarms = aws.deployment.resources('AWS::CloudWatch::Alarm').map(({ properties }) => properties);
    expect(alarms).toHaveLength(4);
    for (const alarm of alarms) expect(alarm).toMatchObject({ AlarmActions: [topicArn()], OKActions: [topicArn()] });
    expect(alarms).toContainEqual(expect.objectContaining({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: aws.queues[0].arn.split(':').at(-1) }],
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    }));
    expect(JSON.stringify(only('AWS::CloudWatch::Dashboard').properties)).toContain('RepositoriesCreated');
  });
});

describe('every-region', () => {
  const regions = ['eu-central-1', 'eu-west-1', 'us-east-1'];

  beforeEach(() => { synthesize(app => everyRegion(app, ACCOUNT), `Registry-${regions[0]}`); });

  test('there is a stack in each Region', async () => {
    expect(assembly.stacks.map(({ environment }) => [environment.account, environment.region])).toEqual(regions.map(region => [ACCOUNT, region]));
    await deploy({ stackName: `Registry-${regions[0]}` });
  });

  test.each(regions)('in %s it creates by template, and by events for the own Region only', async region => {
    templateOf(`Registry-${region}`).hasResourceProperties('AWS::Events::Rule', { EventPattern: { account: [ACCOUNT], region: [region] } });
    await deploy({ stackName: `Registry-${region}`, region });
    expect(await pushOnce('backend/payments')).toBe(true);
    expect(aws.ecr.repositories.get('backend/payments')).toMatchObject({ imageTagMutability: 'IMMUTABLE' });
    expect(invocations()).toEqual([]);
  });

  test.each(regions)('in %s a trail logs write management events', async region => {
    await deploy({ stackName: `Registry-${region}`, region });
    expect(only('AWS::CloudTrail::Trail').properties).toMatchObject({
      IsLogging: true,
      IsMultiRegionTrail: false,
      EventSelectors: [expect.objectContaining({ IncludeManagementEvents: true, ReadWriteType: 'WriteOnly' })],
    });
  });
});
