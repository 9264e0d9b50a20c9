import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { CreationTemplateTrigger, EcrCreationTemplates, type EcrCreationTemplatesProps } from '../src';
import { override, templateOf, TYPE } from './creation-template-fixtures';
import { createStack, ENV, messages, only, readable } from './fixtures';

const ecrRole = (stack: Stack, path?: string) => new iam.Role(stack, 'Given', { assumedBy: new iam.ServicePrincipal('ecr.amazonaws.com'), path });

const ARN = 'arn:<AWS::Partition>:ecr:eu-central-1:123456789012:repository/';

function statements(template: Template) {
  return Object.values(template.findResources('AWS::IAM::ManagedPolicy')).flatMap(({ Properties }) =>
    Properties.PolicyDocument.Statement.map((statement: Record<string, unknown>) => ({
      ...statement, Resource: [statement.Resource].flat().map(readable),
    })));
}
const statementsFor = (props: EcrCreationTemplatesProps) => statements(templateOf(props, createStack({ env: ENV })));

test('ECR may assume it, nobody else', () => {
  const { AssumeRolePolicyDocument, ...rest } = only(templateOf(), 'AWS::IAM::Role').Properties;
  expect(AssumeRolePolicyDocument.Statement).toEqual([{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ecr.amazonaws.com' } }]);
  expect(rest).toEqual({ Description: expect.any(String), ManagedPolicyArns: [{ Ref: expect.stringMatching(/^TemplatesPolicy1/) }] });
});

test('it may create and tag every repository, nothing else', () => {
  expect(statementsFor({})).toEqual([{ Effect: 'Allow', Action: ['ecr:CreateRepository', 'ecr:TagResource'], Resource: [`${ARN}*`] }]);
});

test('it may so under the allowed prefixes, whatever the settings', () => {
  expect(statementsFor({
    allowedPrefixes: ['b/', 'a/', 'a/x/'],
    repositoryDefaults: {
      encryption: ecr.RepositoryEncryption.KMS, lifecycleRules: [{ maxImageCount: 1 }], repositoryPolicy: new iam.PolicyDocument(),
    },
    repositoryOverrides: [override('a/y/')],
  })).toEqual([{ Effect: 'Allow', Action: ['ecr:CreateRepository', 'ecr:TagResource'], Resource: [`${ARN}a/*`, `${ARN}b/*`] }]);
});

test('it may replicate only for replication', () => {
  expect(statementsFor({ appliedFor: [CreationTemplateTrigger.of('REPLICATION')] })).toEqual([
    { Effect: 'Allow', Action: ['ecr:CreateRepository', 'ecr:ReplicateImage', 'ecr:TagResource'], Resource: [`${ARN}*`] },
  ]);
  expect(JSON.stringify(statementsFor({ appliedFor: [CreationTemplateTrigger.PULL_THROUGH_CACHE] }))).not.toContain('ReplicateImage');
});

test('it may use customer keys through ECR', () => {
  const stack = createStack({ env: ENV });
  const keys = [new kms.Key(stack, 'Key'), new kms.Key(stack, 'Other')];
  const template = templateOf({ repositoryDefaults: { encryptionKey: keys[0] }, repositoryOverrides: [override('a/', { encryptionKey: keys[1] })] }, stack);
  expect(statements(template)).toEqual([
    { Effect: 'Allow', Action: ['ecr:CreateRepository', 'ecr:TagResource'], Resource: [`${ARN}*`] },
    {
      Effect: 'Allow',
      Action: ['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant'],
      Resource: keys.map(key => readable(stack.resolve(key.keyArn))),
      Condition: { StringEquals: { 'kms:ViaService': 'ecr.eu-central-1.amazonaws.com' } },
    },
  ]);
});

test('the policies are there before the templates', () => {
  const template = templateOf({ allowedPrefixes: ['a/', 'b/'] });
  const [policy] = Object.keys(template.findResources('AWS::IAM::ManagedPolicy'));
  template.allResources(TYPE, Match.objectLike({ DependsOn: [policy] }));
});

test('one of the stack may be given, and gets the permissions', () => {
  const stack = createStack();
  const role = new iam.Role(stack, 'Given', { assumedBy: new iam.ServicePrincipal('ecr.amazonaws.com') });
  const template = templateOf({ role }, stack);
  const [policy] = Object.keys(template.findResources('AWS::IAM::ManagedPolicy'));
  expect(only(template, 'AWS::IAM::Role').Properties.ManagedPolicyArns).toEqual([{ Ref: policy }]);
  template.hasResource(TYPE, { DependsOn: [policy], Properties: { CustomRoleArn: stack.resolve(role.roleArn) } });
});

test('an imported one may be given, and gets the permissions', () => {
  const stack = createStack({ env: ENV });
  const role = iam.Role.fromRoleArn(stack, 'Given', 'arn:aws:iam::123456789012:role/ecr-templates');
  const template = templateOf({ role }, stack);
  template.hasResourceProperties('AWS::IAM::ManagedPolicy', { Roles: ['ecr-templates'] });
  template.hasResource(TYPE, { DependsOn: [Match.stringLikeRegexp('^TemplatesPolicy1')], Properties: { CustomRoleArn: 'arn:aws:iam::123456789012:role/ecr-templates' } });
});

test('one of another stack may be given, and gets the permissions', () => {
  const app = new App();
  const role = new iam.Role(new Stack(app, 'Roles'), 'Given', { assumedBy: new iam.ServicePrincipal('ecr.amazonaws.com') });
  const template = templateOf({ role }, new Stack(app, 'Platform'));
  template.hasResourceProperties('AWS::IAM::ManagedPolicy', { Roles: [{ 'Fn::ImportValue': Match.stringLikeRegexp('^Roles:.*RefGiven') }] });
  template.hasResourceProperties(TYPE, { CustomRoleArn: { 'Fn::ImportValue': Match.stringLikeRegexp('^Roles:.*GetAttGiven') } });
});

test('past what it can hold, permissions cover common prefixes, with a warning', () => {
  const prefixes = Array.from({ length: 300 }, (_, index) => `division-${index % 9}/team-${index}/${'x'.repeat(200)}/`);
  const stack = createStack({ env: ENV });
  const template = templateOf({ allowedPrefixes: prefixes }, stack);
  const all = statements(template);
  const resources: string[] = all.flatMap(({ Resource }) => Resource);
  expect(Object.keys(template.findResources('AWS::IAM::ManagedPolicy')).length).toBeLessThanOrEqual(10);
  expect(prefixes.filter(prefix => !resources.some(resource => `${ARN}${prefix}`.startsWith(resource.slice(0, -1))))).toEqual([]);
  template.resourceCountIs(TYPE, 300);
  expect(messages(template, stack, 'warning')).toEqual([expect.stringMatching(
    /^allowedPrefixes are too many .* that the role of the creation templates can hold: its permissions cover \d+ common prefixes instead of 300; ECR uses it only for names that a template covers/,
  )]);
});

test('fails when the role is of another account', () => {
  const stack = createStack({ env: ENV });
  const role = iam.Role.fromRoleArn(stack, 'Given', 'arn:aws:iam::210987654321:role/ecr-templates');
  expect(() => new EcrCreationTemplates(stack, 'Templates', { role })).toThrow("role must be in the stack's account, 123456789012, got a role in 210987654321");
});

test.each<[string, (stack: Stack) => iam.IRole]>([
  ['a role', stack => ecrRole(stack, '/service/ecr/')],
  ['an imported role', stack => iam.Role.fromRoleArn(stack, 'Given', `arn:aws:iam::${stack.account}:role/service/ecr/templates`)],
])('fails when %s has a path', (_case, roleIn) => {
  const stack = createStack({ env: ENV });
  const role = roleIn(stack);
  expect(() => new EcrCreationTemplates(stack, 'Templates', { role })).toThrow(
    "role must be one without a path, because CloudFormation takes no other for a creation template, got one with the path '/service/ecr/'");
});

test.each<[string, (stack: Stack) => iam.IRole]>([
  ['known only at deployment', stack => iam.Role.fromRoleArn(stack, 'Given', new CfnParameter(stack, 'RoleArn').valueAsString)],
  ['known by its name', stack => iam.Role.fromRoleName(stack, 'Given', 'ecr-templates')],
  ['with the path that every role has', stack => new iam.Role(stack, 'Given', { assumedBy: new iam.ServicePrincipal('ecr.amazonaws.com'), path: '/' })],
])('accepts a role that is %s', (_case, roleIn) => {
  const stack = createStack();
  const role = roleIn(stack);
  expect(only(templateOf({ role }, stack), TYPE).Properties.CustomRoleArn).toEqual(stack.resolve(role.roleArn));
});
