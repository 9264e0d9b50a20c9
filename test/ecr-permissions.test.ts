import { Lazy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { EcrAutoCreate, type EcrAutoCreateProps } from '../src';
import { createStack, ENV, messages, only, readable, templateOf } from './fixtures';

const OWNER = 'Platform/PlatformEcrAutoCreate4E50C63D';
const ARN = 'arn:<AWS::Partition>:ecr:eu-central-1:123456789012:repository/';

/** The managed policies on ECR: there is one more, for all else. */
function ecrPolicies(template: Template) {
  return Object.values(template.findResources('AWS::IAM::ManagedPolicy', { Properties: { Description: Match.stringLikeRegexp('on the repositories') } }));
}

/** All statements on ECR, readable. */
function statements(template: Template) {
  return ecrPolicies(template).flatMap(({ Properties }) =>
    Properties.PolicyDocument.Statement.map((statement: Record<string, unknown>) => ({
      ...statement, Resource: [statement.Resource].flat().map(readable),
    })));
}

const statementsFor = (props: EcrAutoCreateProps) => statements(templateOf(props, createStack({ env: ENV })));

/** The longest that a policy can become at deployment, without white space. */
function deployedLength(document: unknown): number {
  return JSON.stringify(document, (_key, value) => {
    if (typeof value !== 'object' || value === null || !('Fn::Join' in value)) return value;
    return readable(value).replace('<AWS::Partition>', 'aws-us-gov').replace('<AWS::Region>', 'ap-southeast-1').replace('<AWS::AccountId>', '123456789012');
  }).length;
}

const TAGGED = { StringEquals: { 'aws:RequestTag/cdk-ecr-auto-create:owner': OWNER } };
const OWN = { StringEquals: { 'aws:ResourceTag/cdk-ecr-auto-create:owner': OWNER } };

test('without policies, the role may only create with its owner tag', () => {
  expect(statementsFor({})).toEqual([
    { Effect: 'Allow', Action: ['ecr:CreateRepository', 'ecr:TagResource'], Resource: [`${ARN}*`], Condition: TAGGED },
  ]);
});

test('permissions cover the allowed prefixes, once', () => {
  expect(statementsFor({ allowedPrefixes: ['frontend/', 'backend/', 'backend/api'] })).toEqual([
    { Effect: 'Allow', Action: ['ecr:CreateRepository', 'ecr:TagResource'], Resource: [`${ARN}backend/*`, `${ARN}frontend/*`], Condition: TAGGED },
  ]);
});

test('a lifecycle policy adds its calls, on own repositories only', () => {
  expect(statementsFor({ allowedPrefixes: ['backend/'], repositoryDefaults: { lifecycleRules: [{ maxImageCount: 1 }] } })).toEqual([
    { Effect: 'Allow', Action: ['ecr:CreateRepository', 'ecr:TagResource'], Resource: [`${ARN}backend/*`], Condition: TAGGED },
    { Effect: 'Allow', Action: 'ecr:ListTagsForResource', Resource: [`${ARN}backend/*`] },
    { Effect: 'Allow', Action: ['ecr:GetLifecyclePolicy', 'ecr:PutLifecyclePolicy'], Resource: [`${ARN}backend/*`], Condition: OWN },
  ]);
});

test('a repository policy adds its calls, on own repositories only', () => {
  expect(statementsFor({ repositoryDefaults: { repositoryPolicy: new iam.PolicyDocument() } })).toContainEqual(
    { Effect: 'Allow', Action: ['ecr:GetRepositoryPolicy', 'ecr:SetRepositoryPolicy'], Resource: [`${ARN}*`], Condition: OWN },
  );
});

test('a customer key may be used through ECR', () => {
  const stack = createStack({ env: ENV });
  const encryptionKey = new kms.Key(stack, 'Key');
  expect(statements(templateOf({ repositoryDefaults: { encryptionKey } }, stack))).toContainEqual({
    Effect: 'Allow',
    Action: ['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant'],
    Resource: [expect.stringMatching(/^<Key.*\.Arn>$/)],
    Condition: { StringEquals: { 'kms:ViaService': 'ecr.eu-central-1.amazonaws.com' } },
  });
});

test('the AWS managed key needs no permission', () => {
  expect(JSON.stringify(statementsFor({ repositoryDefaults: { encryption: ecr.RepositoryEncryption.KMS } }))).not.toContain('kms');
});

/** The policy for all but ECR, of a role that has no inline policy. */
function restOf(template: Template) {
  template.resourceCountIs('AWS::IAM::Policy', 0);
  const policies = Object.values(template.findResources('AWS::IAM::ManagedPolicy', {
    Properties: { Description: 'What the function of cdk-ecr-auto-create needs besides Amazon ECR' },
  }));
  expect(policies).toHaveLength(1);
  return policies[0].Properties;
}

test.each([true, false])('the rest of the role may write its log and the dead letters, and read these if they can be replayed: %s', redrive => {
  const stack = createStack();
  const construct = new EcrAutoCreate(stack, 'EcrAutoCreate', { redrive });
  const template = Template.fromStack(stack);
  const queue = stack.resolve(construct.deadLetterQueue.queueArn);
  expect(restOf(template).PolicyDocument.Statement).toEqual([
    { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: stack.resolve(construct.logGroup.logGroupArn) },
    { Effect: 'Allow', Action: ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'], Resource: queue },
    ...redrive ? [{
      Effect: 'Allow',
      Action: ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueUrl', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      Resource: queue,
    }] : [],
  ]);
  const role = only(template, 'AWS::IAM::Role').Properties;
  expect(role.ManagedPolicyArns).toEqual([{ Ref: expect.stringMatching(/^EcrAutoCreatePolicy1/) }]);
  expect(role).not.toHaveProperty('Policies');
  expect(role.AssumeRolePolicyDocument.Statement).toEqual([
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
  ]);
});

test('in a VPC, Lambda may handle network interfaces by the role, but the function may not', () => {
  const stack = createStack({ env: ENV });
  const template = templateOf({ vpc: new ec2.Vpc(stack, 'Vpc') }, stack);
  const actions = [
    'ec2:AssignPrivateIpAddresses', 'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets',
    'ec2:UnassignPrivateIpAddresses',
  ];
  expect(restOf(template).PolicyDocument.Statement).toEqual(expect.arrayContaining([
    { Effect: 'Allow', Action: actions, Resource: '*' },
    {
      Effect: 'Deny',
      Action: [...actions, 'ec2:DetachNetworkInterface'],
      Resource: '*',
      Condition: { ArnLike: { 'lambda:SourceFunctionArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':lambda:eu-central-1:123456789012:function:*']] } } },
    },
  ]));
});

test('a given role gets the same permissions', () => {
  const stack = createStack({ env: ENV });
  const role = new iam.Role(stack, 'Given', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  const template = templateOf({ role, vpc: new ec2.Vpc(stack, 'Vpc') }, stack);
  expect(JSON.stringify(only(template, 'AWS::IAM::Policy').Properties.PolicyDocument)).toMatch(/logs:PutLogEvents.*ec2:CreateNetworkInterface.*sqs:SendMessage/);
  expect(statements(template)).toHaveLength(1);
});

test('the function is made after its permissions', () => {
  const template = templateOf();
  const [policy] = Object.keys(template.findResources('AWS::IAM::ManagedPolicy', { Properties: { Description: Match.stringLikeRegexp('besides Amazon ECR') } }));
  expect(only(template, 'AWS::Lambda::Function').DependsOn).toContain(policy);
});

test('denied names are denied to the role, too', () => {
  expect(statementsFor({
    allowedPrefixes: ['team/'], deniedPrefixes: ['team/legacy', 'team/legacy/x', 'team/a'], repositoryDefaults: { lifecycleRules: [{ maxImageCount: 1 }] },
  })[0]).toEqual({
    Effect: 'Deny',
    Action: ['ecr:CreateRepository', 'ecr:TagResource', 'ecr:ListTagsForResource', 'ecr:GetLifecyclePolicy', 'ecr:PutLifecyclePolicy'],
    Resource: [`${ARN}team/a*`, `${ARN}team/legacy*`],
  });
});

test('too many denied names are left to the handler', () => {
  const stack = createStack({ env: ENV });
  const template = templateOf({ deniedPrefixes: Array.from({ length: 500 }, (_, index) => `denied-${index}/`) }, stack);
  expect(statements(template).map(({ Effect }) => Effect)).toEqual(['Allow']);
  expect(messages(template, stack, 'info')).toEqual([expect.stringContaining('the handler alone refuses them')]);
});

test('a prefix may be a token', () => {
  const stack = createStack({ env: ENV });
  const prefix = Lazy.string({ produce: () => 'late/' });
  expect(statements(templateOf({ allowedPrefixes: [prefix] }, stack))).toMatchObject([{ Resource: [`${ARN}late/*`] }]);
});

describe('with hundreds of prefixes', () => {
  const prefixes = Array.from({ length: 500 }, (_, index) => `division-${index % 9}/team-${index}/`);
  const lifecycle = { lifecycleRules: [{ maxImageCount: 20 }] };

  function policies(template: Template) {
    const documents = ecrPolicies(template).map(({ Properties }) => Properties.PolicyDocument);
    for (const document of documents) expect(deployedLength(document)).toBeLessThanOrEqual(6_144);
    // Of the ten that a role holds, one is for all else, and one place is left.
    expect(documents.length).toBeLessThanOrEqual(8);
    return documents;
  }

  test('every name is covered exactly, in several policies', () => {
    const stack = createStack({ env: ENV });
    const template = templateOf({ allowedPrefixes: prefixes }, stack);
    expect(policies(template).length).toBeGreaterThan(1);
    const resources = statements(template).flatMap(({ Resource }) => Resource);
    expect(new Set(resources)).toEqual(new Set(prefixes.map(prefix => `${ARN}${prefix}*`)));
    expect(resources).toHaveLength(prefixes.length);
    expect(messages(template, stack, 'warning')).toEqual([]);
  });

  test('what only reaches own repositories is coarsened first', () => {
    const stack = createStack({ env: ENV });
    const template = templateOf({ allowedPrefixes: prefixes, repositoryDefaults: lifecycle }, stack);
    policies(template);
    const all = statements(template);
    const create = all.filter(({ Action }) => Action.includes('ecr:CreateRepository')).flatMap(({ Resource }) => Resource);
    const own = all.filter(({ Action }) => Action.includes('ecr:PutLifecyclePolicy'));
    expect(create).toHaveLength(500);
    const ownResources: string[] = own.flatMap(({ Resource }) => Resource);
    expect(ownResources.length).toBeLessThan(500);
    expect(ownResources.length).toBeGreaterThan(8);
    for (const statement of own) expect(statement.Condition).toEqual(OWN);
    expect(prefixes.filter(prefix => !ownResources.some(resource => `${ARN}${prefix}`.startsWith(resource.slice(0, -1))))).toEqual([]);
    expect(messages(template, stack, 'warning')).toEqual([]);
  });

  test('past what a role can hold, common prefixes are covered, with a warning', () => {
    const stack = createStack({ env: ENV });
    const long = prefixes.map((prefix, index) => `${prefix}${'x'.repeat(100)}-${index % 50}/`);
    const template = templateOf({ allowedPrefixes: long }, stack);
    policies(template);
    const resources: string[] = statements(template).flatMap(({ Resource }) => Resource);
    expect(resources.length).toBeLessThan(500);
    expect(resources.length).toBeGreaterThan(100);
    expect(long.filter(prefix => !resources.some(resource => `${ARN}${prefix}`.startsWith(resource.slice(0, -1))))).toEqual([]);
    expect(messages(template, stack, 'warning')).toEqual([expect.stringMatching(
      /^allowedPrefixes are too many .* its permissions cover \d+ common prefixes instead of 500; the handler itself still creates only allowed names/,
    )]);
  });

  test('in a stack without an environment, tokens are counted at their longest', () => {
    const stack = new Stack();
    policies(templateOf({ allowedPrefixes: prefixes, repositoryDefaults: lifecycle }, stack));
  });
});
