import type { TemplateResource } from './cloud-assembly';
import { arnOf, deployResources, roleFor } from './deployment-fixture';
import { canBeAssumedBy, evaluateForRole, roleStatements, unknownManagedPolicies } from './role-policies';

const allow = (action: string, condition?: object) => ({ Effect: 'Allow', Action: action, Resource: '*', ...(condition && { Condition: condition }) });

function policy(type: string, action: string, properties: object): TemplateResource {
  return { Type: type, Properties: { PolicyDocument: { Statement: allow(action) }, ...properties } };
}

/** Everything that can be attached to a role, from each side, and things that are not attached. */
function deployment(managedPolicyArns: unknown[] = []) {
  const role = roleFor('lambda.amazonaws.com', allow('ecr:Inline'));
  return deployResources({
    Role: { ...role, Properties: { ...role.Properties, RoleName: 'role', Path: '/path/', ManagedPolicyArns: [{ Ref: 'FromRole' }, ...managedPolicyArns] } },
    Policy: policy('AWS::IAM::Policy', 'ecr:Policy', { Roles: [{ Ref: 'Role' }] }),
    FromPolicy: policy('AWS::IAM::ManagedPolicy', 'ecr:FromPolicy', { ManagedPolicyName: 'from-policy', Roles: ['other', { Ref: 'Role' }] }),
    FromRole: policy('AWS::IAM::ManagedPolicy', 'ecr:FromRole', {}),
    OfOther: policy('AWS::IAM::Policy', 'ecr:OfOther', { Roles: ['other'] }),
    OfNobody: policy('AWS::IAM::ManagedPolicy', 'ecr:OfNobody', {}),
  });
}

const ROLE = 'arn:aws:iam::123456789012:role/path/role';
const actions = (...managedPolicyArns: unknown[]) => roleStatements(deployment(managedPolicyArns), ROLE).flatMap(({ Action }) => Action);

test('everything that is attached to a role counts, from either side, and nothing else', () => {
  expect(actions()).toEqual(['ecr:Inline', 'ecr:Policy', 'ecr:FromRole', 'ecr:FromPolicy']);
});

test('a policy that is attached from both sides counts once', () => {
  expect(actions('arn:aws:iam::123456789012:policy/from-policy')).toEqual(['ecr:Inline', 'ecr:Policy', 'ecr:FromRole', 'ecr:FromPolicy']);
});

test('the policies that AWS manages for functions are known', () => {
  expect(actions('arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole').slice(3)).toEqual([
    'logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'ecr:FromPolicy',
  ]);
  expect(actions('arn:aws-cn:iam::aws:policy/AWSXRayDaemonWriteAccess')).toContain('xray:PutTraceSegments');
});

test('a managed policy of which nothing is known gives nothing, and is reported', () => {
  const arns = ['arn:aws:iam::aws:policy/AdministratorAccess', 'arn:aws:iam::123456789012:policy/elsewhere', 'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess'];
  const deployed = deployment(arns);
  expect(roleStatements(deployed, ROLE)).toHaveLength(5);
  expect(unknownManagedPolicies(deployed, ROLE)).toEqual(arns.slice(0, 2));
  expect(unknownManagedPolicies(deployment(), ROLE)).toEqual([]);
});

test('a role of elsewhere has what the deployment attaches to it', () => {
  expect(roleStatements(deployment(), 'arn:aws:iam::123456789012:role/other').flatMap(({ Action }) => Action)).toEqual(['ecr:OfOther', 'ecr:FromPolicy']);
});

test('a request by a role says who and where', () => {
  const role = roleFor('lambda.amazonaws.com', allow('ecr:A', {
    ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/*' },
    StringEquals: { 'aws:PrincipalAccount': '123456789012', 'aws:RequestedRegion': 'eu-central-1', 'aws:RequestTag/a': 'b' },
    Bool: { 'aws:SecureTransport': 'true' },
  }));
  const deployed = deployResources({ Role: role });
  const [{ arn = '' }] = deployed.resources('AWS::IAM::Role');
  const decide = (tag: string) => evaluateForRole(deployed, arn, { action: 'ecr:A', resource: 'arn:x', context: { 'aws:RequestTag/a': tag } });
  expect(decide('b')).toBe('allowed');
  expect(decide('c')).toBe('implicitDeny');
});

test('a role is assumed by the service that it trusts', () => {
  const deployed = deployResources({ Role: roleFor('lambda.amazonaws.com'), Function: { Type: 'AWS::Lambda::Function', Properties: { Role: arnOf('Role') } } });
  const arn = String(deployed.resources('AWS::Lambda::Function')[0].properties.Role);
  expect(canBeAssumedBy('lambda.amazonaws.com', deployed, arn)).toBe(true);
  expect(canBeAssumedBy('ecr.amazonaws.com', deployed, arn)).toBe(false);
  expect(canBeAssumedBy('ecr.amazonaws.com', deployed, 'arn:aws:iam::123456789012:role/elsewhere')).toBe(true);
});
