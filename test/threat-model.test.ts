import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ECRClient } from '@aws-sdk/client-ecr';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { EcrAutoCreate, type EcrAutoCreateProps } from '../src';
import { handlerConfiguration } from './fixtures';
import { failedPush, loaded, logLines } from './handler/fixtures';
import { readCloudAssembly } from './local-aws/cloud-assembly';
import { deploy, type Deployment } from './local-aws/cloudformation';
import { eventMatcher } from './local-aws/event-pattern';
import { evaluate, type IamRequest } from './local-aws/iam';
import { statementsOf } from './local-aws/policy-document';
import { Queue } from './local-aws/queue';
import { evaluateForService } from './local-aws/resource-policy';
import { evaluateForRole } from './local-aws/role-policies';
import { creatorTags } from '../src/handler/creator-tag';
import { decide } from '../src/handler/decision';
import { logOutcome } from '../src/handler/outcome';
import { readPushEvent } from '../src/handler/push-event';
import { redrive } from '../src/handler/redrive';

// The limits that SECURITY.md claims. Each is tested on what is synthesized, as IAM and EventBridge would judge it.

const ACCOUNT = '123456789012';
const OTHER_ACCOUNT = '210987654321';
const REGION = 'eu-central-1';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/ci-push`;
const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

/** What is deployed, by the policies and patterns in the template. */
class Target {
  readonly deployment: Deployment;
  readonly configuration;
  readonly construct: EcrAutoCreate;

  constructor(props: (stack: Stack) => EcrAutoCreateProps) {
    const app = new App();
    const stack = new Stack(app, 'Platform', { env: { account: ACCOUNT, region: REGION } });
    this.construct = new EcrAutoCreate(stack, 'EcrAutoCreate', props(stack));
    this.configuration = loaded(JSON.parse(JSON.stringify(handlerConfiguration(stack)).replaceAll('<AWS::Partition>', 'aws')));
    const { directory } = app.synth();
    this.deployment = deploy(readCloudAssembly(directory), { partition: 'aws', region: REGION, account: ACCOUNT });
    rmSync(directory, { recursive: true });
  }

  only(type: string, id: RegExp) {
    const found = this.deployment.resources(type).filter(({ logicalId }) => id.test(logicalId));
    expect(found).toHaveLength(1);
    return found[0];
  }

  get role() { return this.only('AWS::IAM::Role', /^EcrAutoCreateRole/).arn!; }
  get rule() { return this.only('AWS::Events::Rule', /^EcrAutoCreateRule/); }
  get queue() { return new Queue(this.deployment, this.only('AWS::SQS::Queue', /DeadLetterQueue/)); }

  /** Whether the rule lets the event through, and whether the function would create for it. */
  judge(event: object): { matches: boolean; creates: boolean } {
    const attempt = readPushEvent(event);
    return {
      matches: eventMatcher(this.rule.properties.EventPattern)(event as Record<string, unknown>),
      creates: attempt !== undefined && decide(attempt, this.configuration).create !== undefined,
    };
  }

  may(action: string, resource: string, context: IamRequest['context'] = {}): boolean {
    return evaluateForRole(this.deployment, this.role, { action, resource, context }) === 'allowed';
  }

  repository(name: string) { return `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${name}`; }

  get asOwn() { return { 'aws:RequestTag/cdk-ecr-auto-create:owner': this.configuration.owner }; }
  get ofOwn() { return { 'aws:ResourceTag/cdk-ecr-auto-create:owner': this.configuration.owner }; }
}

const guarded = new Target(() => ({
  allowedPrefixes: ['team-'],
  deniedPrefixes: ['team-legacy'],
  allowedPrincipals: ['arn:aws:iam::*:role/ci-*'],
  repositoryDefaults: { lifecycleRules: [{ maxImageCount: 5 }], repositoryPolicy: new iam.PolicyDocument() },
}));
const push = (repositoryName: string, parts: Parameters<typeof failedPush>[0] = {}) => failedPush({ repositoryName, ...parts });

test('the push that all others are compared with creates', () => {
  expect(guarded.judge(push('team-a'))).toEqual({ matches: true, creates: true });
});

test('P1: names that are not allowed, or denied', () => {
  expect(guarded.judge(push('other/a'))).toEqual({ matches: false, creates: false });
  // The pattern has no denied prefixes: function and role have.
  expect(guarded.judge(push('team-legacy/a'))).toEqual({ matches: true, creates: false });
  const may = (name: string) => guarded.may('ecr:CreateRepository', guarded.repository(name), guarded.asOwn);
  expect(['team-a', 'other/a', 'team-legacy/a'].map(may)).toEqual([true, false, false]);
});

test('P2: principals that are not allowed', () => {
  const by = (userIdentity: object) => guarded.judge(push('team-a', { detail: { userIdentity } })).creates;
  const session = (issuer: string, name: string) => ({
    type: 'AssumedRole', arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${issuer.split('/').pop()}/${name}`, sessionContext: { sessionIssuer: { type: 'Role', arn: issuer } },
  });
  expect(by(session(ROLE, 'build'))).toBe(true);
  expect(by(session(`arn:aws:iam::${ACCOUNT}:role/admin`, 'ci-push'))).toBe(false);
  expect(by(session(`arn:aws:iam::${ACCOUNT}:role/admin`, ROLE))).toBe(false);
  expect(by({ type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/ci-push` })).toBe(false);
  expect(by({ type: 'AWSService', invokedBy: 'ecr.amazonaws.com' })).toBe(false);
});

test('P3: registries of other accounts', () => {
  for (const registryId of [OTHER_ACCOUNT, null, '']) {
    expect(guarded.judge(push('team-a', { requestParameters: { registryId } }))).toEqual({ matches: false, creates: false });
  }
  expect(guarded.judge(push('team-a', { detail: { recipientAccountId: OTHER_ACCOUNT } })).creates).toBe(false);
});

test('P4: lines of the log, and tags', async () => {
  const hostile = 'team-a","outcome":"created"}\n{"outcome":"created","repositoryName":"forged"}\r\u2028';
  const attempt = readPushEvent(push(hostile, { detail: { userIdentity: { type: 'IAMUser', arn: hostile }, sourceIPAddress: hostile } }))!;
  expect(decide(attempt, guarded.configuration).rejection?.reason).toBe('InvalidName');
  const lines = await logLines(() => logOutcome({ outcome: 'rejected', rejection: { reason: 'InvalidName', explanation: 'x' } }, attempt, {}));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ outcome: 'rejected', repositoryName: hostile });
  expect(creatorTags('created-for', hostile)[0].Value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u);
});

test('E1: events of other sources', () => {
  for (const source of ['custom', 'ecr', 'AWS.ECR', 'aws.ecr.custom', 'aws.lambda', ['aws.ecr']]) {
    expect(guarded.judge(push('team-a', { envelope: { source } })).creates).toBe(false);
  }
  for (const source of ['custom', 'ecr', 'AWS.ECR', 'aws.ecr.custom', 'aws.lambda']) {
    expect(guarded.judge(push('team-a', { envelope: { source } })).matches).toBe(false);
  }
});

test('E2: events of other accounts and Regions', () => {
  expect(guarded.judge(push('team-a', { envelope: { account: OTHER_ACCOUNT } }))).toEqual({ matches: false, creates: false });
  expect(guarded.judge(push('team-a', { envelope: { region: 'us-east-1' } }))).toEqual({ matches: false, creates: false });
});

test('E3: no other account may put events', () => {
  expect(guarded.deployment.resources('AWS::Events::EventBusPolicy')).toEqual([]);
  expect(guarded.deployment.resources('AWS::Events::EventBus')).toEqual([]);
});

test('I1: only EventBridge may invoke, for the rule', () => {
  const permissions = guarded.deployment.resources('AWS::Lambda::Permission').map(({ properties }) => properties);
  expect(permissions).toEqual([{
    Action: 'lambda:InvokeFunction', FunctionName: expect.anything(), Principal: 'events.amazonaws.com', SourceArn: guarded.rule.arn,
  }]);
  expect(guarded.deployment.resources('AWS::Lambda::Url')).toEqual([]);
});

test('I2: only EventBridge may send, for the rule', () => {
  const { queue, rule } = guarded;
  expect(queue.isSendAllowed({ service: 'events.amazonaws.com', sourceArn: rule.arn })).toBe(true);
  expect(queue.isSendAllowed({ service: 'events.amazonaws.com', sourceArn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/other` })).toBe(false);
  expect(queue.isSendAllowed({ service: 'events.amazonaws.com', sourceArn: rule.arn!.replace(ACCOUNT, OTHER_ACCOUNT) })).toBe(false);
  expect(queue.isSendAllowed({ service: 'events.amazonaws.com' })).toBe(false);
  expect(queue.isSendAllowed({ service: 'sns.amazonaws.com', sourceArn: rule.arn })).toBe(false);
  const [policy] = guarded.deployment.resources('AWS::SQS::QueuePolicy');
  const allowed = statementsOf(policy.properties.PolicyDocument).filter(({ Effect }) => Effect === 'Allow');
  expect(allowed.map(({ Principal }) => Principal)).toEqual([{ Service: 'events.amazonaws.com' }]);
});

test('I3: the queue refuses plain HTTP', () => {
  const [policy] = guarded.deployment.resources('AWS::SQS::QueuePolicy');
  const statements = statementsOf(policy.properties.PolicyDocument);
  for (const action of ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:PurgeQueue']) {
    const request = { action, resource: guarded.queue.arn, context: { 'aws:SecureTransport': 'false', 'aws:SourceArn': guarded.rule.arn! } };
    expect(evaluate(statements, request)).toBe('explicitDeny');
    expect(evaluateForService(statements, { service: 'events.amazonaws.com', sourceArn: guarded.rule.arn }, request)).toBe('explicitDeny');
  }
});

test('I4: messages of others stay in the queue', async () => {
  const mappings = guarded.deployment.resources('AWS::Lambda::EventSourceMapping');
  expect(mappings.map(({ properties }) => [properties.Enabled, properties.FunctionResponseTypes])).toEqual([[false, ['ReportBatchItemFailures']]]);
  const send = jest.fn();
  const bodies = ['not JSON', '{}', JSON.stringify(push('other/a')), JSON.stringify({ requestPayload: push('team-a', { envelope: { account: OTHER_ACCOUNT } }) })];
  const records = bodies.map((body, index) => ({ messageId: String(index), body })) as SQSRecord[];
  let response: SQSBatchResponse | undefined;
  await logLines(async () => { response = await redrive(records, undefined, guarded.configuration, { send } as unknown as ECRClient); });
  expect(response?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['0', '1', '2', '3']);
  expect(send).not.toHaveBeenCalled();
});

test('F1: no deletion, no images, no other names', () => {
  const forbidden = [
    'ecr:DeleteRepository', 'ecr:DeleteRepositoryPolicy', 'ecr:DeleteLifecyclePolicy', 'ecr:BatchDeleteImage', 'ecr:PutImage', 'ecr:InitiateLayerUpload',
    'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:GetAuthorizationToken', 'ecr:UntagResource', 'ecr:PutRegistryPolicy', 'ecr:PutReplicationConfiguration',
    'ecr:PutImageTagMutability', 'ecr:CreateRepositoryCreationTemplate', 'iam:PassRole', 'sts:AssumeRole', 'lambda:UpdateFunctionCode', 'events:PutRule',
  ];
  const context = { ...guarded.asOwn, ...guarded.ofOwn };
  expect(forbidden.filter(action => guarded.may(action, guarded.repository('team-a'), context) || guarded.may(action, '*', context))).toEqual([]);
  expect(guarded.may('ecr:CreateRepository', guarded.repository('team-a').replace(ACCOUNT, OTHER_ACCOUNT), context)).toBe(false);
  expect(guarded.may('ecr:CreateRepository', guarded.repository('team-a').replace(REGION, 'us-east-1'), context)).toBe(false);
  // Without its tag, by which its work would be unknown.
  expect(guarded.may('ecr:CreateRepository', guarded.repository('team-a'))).toBe(false);
});

test('F2: no policies of repositories without the owner tag', () => {
  const actions = ['ecr:PutLifecyclePolicy', 'ecr:SetRepositoryPolicy', 'ecr:GetLifecyclePolicy', 'ecr:GetRepositoryPolicy'];
  for (const [context, expected] of [
    [guarded.ofOwn, true], [{}, false], [{ 'aws:ResourceTag/cdk-ecr-auto-create:owner': 'Other/Construct' }, false], [{ 'aws:ResourceTag/created-by': 'cdk-ecr-auto-create' }, false],
  ] as const) {
    expect(actions.map(action => guarded.may(action, guarded.repository('team-a'), context))).toEqual(actions.map(() => expected));
  }
});

describe('with customer keys and a VPC', () => {
  const regulated = new Target(stack => ({
    encryptionKey: new kms.Key(stack, 'Key', { pendingWindow: Duration.days(7) }),
    repositoryDefaults: { encryptionKey: kms.Key.fromKeyArn(stack, 'ImageKey', KEY) },
    vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-12345678', availabilityZones: ['a'], privateSubnetIds: ['subnet-12345678'] }),
    creationTemplates: true,
  }));

  test('F3: keys for images through ECR only', () => {
    const through = (service: string) => ({ 'kms:ViaService': `${service}.${REGION}.amazonaws.com` });
    for (const action of ['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant']) {
      expect([through('ecr'), through('s3'), {}].map(context => regulated.may(action, KEY, context))).toEqual([true, false, false]);
    }
    expect(['kms:Decrypt', 'kms:Encrypt', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'].filter(action => regulated.may(action, KEY, through('ecr')))).toEqual([]);
    expect(guarded.may('kms:CreateGrant', KEY, through('ecr'))).toBe(false);
  });

  test('F4: its own log group and queue only', () => {
    const logs = (group: string) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${group}:log-stream:x`;
    const own = regulated.only('AWS::Logs::LogGroup', /^EcrAutoCreateLogGroup/).physicalId;
    expect([own, '/aws/lambda/other'].map(group => regulated.may('logs:PutLogEvents', logs(group)))).toEqual([true, false]);
    expect(['logs:GetLogEvents', 'logs:FilterLogEvents', 'logs:DeleteLogGroup', 'logs:DeleteLogStream'].filter(action => regulated.may(action, logs(own)))).toEqual([]);
    expect([regulated.queue.arn, `arn:aws:sqs:${REGION}:${ACCOUNT}:other`].map(arn => regulated.may('sqs:SendMessage', arn))).toEqual([true, false]);
    expect(['sqs:PurgeQueue', 'sqs:SetQueueAttributes'].filter(action => regulated.may(action, regulated.queue.arn))).toEqual([]);
  });

  test('F5: no network interfaces for the function itself', () => {
    const code = { 'lambda:SourceFunctionArn': `arn:aws:lambda:${REGION}:${ACCOUNT}:function:anything` };
    expect([{}, code].map(context => regulated.may('ec2:CreateNetworkInterface', '*', context))).toEqual([true, false]);
    expect(guarded.may('ec2:CreateNetworkInterface', '*')).toBe(false);
    expect(regulated.may('ec2:RunInstances', '*')).toBe(false);
  });

  test('F6: only the services assume the roles', () => {
    const trust = (id: RegExp) => statementsOf(regulated.only('AWS::IAM::Role', id).properties.AssumeRolePolicyDocument).map(({ Effect, Principal }) => [Effect, Principal]);
    expect(trust(/^EcrAutoCreateRole/)).toEqual([['Allow', { Service: 'lambda.amazonaws.com' }]]);
    expect(trust(/^EcrAutoCreateCreationTemplatesRole/)).toEqual([['Allow', { Service: 'ecr.amazonaws.com' }]]);
  });

  test('K1: encrypted, by the customer key where there is one', () => {
    const key = regulated.only('AWS::KMS::Key', /^Key/);
    expect(regulated.only('AWS::SQS::Queue', /DeadLetterQueue/).properties.KmsMasterKeyId).toBe(key.arn);
    expect(regulated.only('AWS::Logs::LogGroup', /LogGroup/).properties.KmsKeyId).toBe(key.arn);
    expect(regulated.only('AWS::Lambda::Function', /Handler/).properties.KmsKeyArn).toBe(key.arn);
    expect(guarded.only('AWS::SQS::Queue', /DeadLetterQueue/).properties.SqsManagedSseEnabled).toBe(true);
    const statements = statementsOf(key.properties.KeyPolicy);
    const request = (account: string) => ({ action: 'kms:GenerateDataKey', resource: key.arn!, context: { 'aws:SourceAccount': account } });
    expect([ACCOUNT, OTHER_ACCOUNT].map(account => evaluateForService(statements, { service: 'events.amazonaws.com' }, request(account))))
      .toEqual(['allowed', 'implicitDeny']);
    const logged = (account: string) => ({
      action: 'kms:Decrypt', resource: key.arn!, context: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${REGION}:${account}:log-group:x` },
    });
    expect([ACCOUNT, OTHER_ACCOUNT].map(account => evaluateForService(statements, { service: `logs.${REGION}.amazonaws.com` }, logged(account))))
      .toEqual(['allowed', 'implicitDeny']);
  });
});

test('K2: how long it is kept', () => {
  expect(guarded.only('AWS::SQS::Queue', /DeadLetterQueue/).properties.MessageRetentionPeriod).toBe(14 * 24 * 60 * 60);
  expect(guarded.only('AWS::Logs::LogGroup', /LogGroup/).properties.RetentionInDays).toBe(365);
  Template.fromStack(Stack.of(guarded.construct)).hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
});

test('each claim of SECURITY.md has a test, and each test a claim', () => {
  const claims = [...readFileSync(join(__dirname, '..', 'SECURITY.md'), 'utf8').matchAll(/^\* \*\*(\w+)\*\* /gm)].map(([, claim]) => claim);
  const tests = [...readFileSync(__filename, 'utf8').matchAll(/^ *test\('(\w\d+): /gm)].map(([, claim]) => claim);
  expect(tests.sort()).toEqual(claims.sort());
  expect(claims.length).toBeGreaterThan(15);
});
