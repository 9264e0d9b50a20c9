import type { TemplateResource } from './cloud-assembly';
import { deploy } from './cloudformation';
import { DeploymentError } from './deployment-error';
import { deployResources, ENVIRONMENT, stackOf } from './deployment-fixture';
import { QUOTAS } from './quotas';

/** A policy document of that many characters, and white space beside. */
function document(characters: number): object {
  const padded = (length: number) => ({ Statement: [{ Effect: 'Allow', Action: 'ecr:A', Resource: `arn:${'x'.repeat(length)}` }] });
  const result = padded(characters - JSON.stringify(padded(0)).length);
  return { ...result, Statement: result.Statement.map(statement => ({ ...statement, Resource: `${statement.Resource}   ` })) };
}

function role(properties: object = {}): TemplateResource {
  return { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {}, ...properties } };
}

function managedPolicy(characters: number): TemplateResource {
  return { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: document(characters) } };
}

function rolePolicies(inRole: number, attached: number): Record<string, TemplateResource> {
  return {
    Role: role({ Policies: [{ PolicyName: 'a', PolicyDocument: document(inRole) }] }),
    Policy: { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: document(attached) } },
  };
}

function managedPolicies(inRole: number, attached: number): Record<string, TemplateResource> {
  const arns = Array.from({ length: inRole }, (_, index) => `arn:aws:iam::aws:policy/p${index}`);
  const policy = { Type: 'AWS::IAM::ManagedPolicy', Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: {} } };
  const policies = Array.from({ length: attached }, (_, index) => [`P${index}`, policy]);
  return { Role: role({ ManagedPolicyArns: arns }), ...Object.fromEntries(policies) };
}

function rule(characters: number): TemplateResource {
  return { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: ['x'.repeat(characters - '{"source":[""]}'.length)] } } };
}

function lambda(bytes: number): TemplateResource {
  return { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: { KEY: 'é'.repeat((bytes - 10) / 2), OTHER: '12' } } } };
}

function coded(properties: object): TemplateResource {
  return { Type: 'AWS::Lambda::Function', Properties: { ...properties } };
}

const layers = (count: number) => Array.from({ length: count }, (_, index) => `layer-${index}`);

function queues(count: number): Record<string, TemplateResource> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`Q${index}`, { Type: 'AWS::SQS::Queue' }]));
}

test.each<[string, Record<string, TemplateResource>]>([
  ['a managed policy', { Policy: managedPolicy(QUOTAS.managedPolicyCharacters) }],
  ['inline policies', rolePolicies(5_000, 5_240)],
  ['managed policies of a role', managedPolicies(4, 6)],
  ['an event pattern', { Rule: rule(QUOTAS.eventPatternCharacters) }],
  ['a schedule', { Rule: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(1 day)' } } }],
  ['environment variables', { Function: lambda(QUOTAS.lambdaEnvironmentBytes) }],
  ['no environment variables', { Function: { Type: 'AWS::Lambda::Function' } }],
  ['inline code', { Function: coded({ Code: { ZipFile: 'é'.repeat(2_000_000) } }) }],
  ['layers', { Function: coded({ Layers: layers(5) }) }],
  ['resources', queues(500)],
])('%s may fill the quota', (_, resources) => {
  expect(() => deployResources(resources)).not.toThrow();
});

describe('fails when there is too much:', () => {
  test.each<[string, Record<string, TemplateResource>, string, string]>([
    ['managed policy', { Policy: managedPolicy(6_145) }, 'Policy', 'the managed policy may have at most 6144 characters, got 6145'],
    ['inline policies', rolePolicies(5_000, 5_241), 'Role', 'the role may have at most 10240 characters of inline policies, got 10241'],
    ['managed policies of a role', managedPolicies(5, 6), 'Role', 'the role may have at most 10 managed policies, got 11'],
    ['event pattern', { Rule: rule(2_049) }, 'Rule', 'the event pattern may have at most 2048 characters, got 2049'],
    ['environment variables', { Function: lambda(4_098) }, 'Function', 'the environment variables may have at most 4096 bytes, got 4098'],
    ['inline code', { Function: coded({ Code: { ZipFile: `${'é'.repeat(2_000_000)}x` } }) }, 'Function', 'the inline code may have at most 4000000 bytes, got 4000001'],
    ['layers', { Function: coded({ Layers: layers(6) }) }, 'Function', 'the function may have at most 5 layers, got 6'],
    ['resources', queues(501), 'Stack', 'the template may have at most 500 resources, got 501'],
  ])('%s', (_, resources, logicalId, message) => {
    let thrown: unknown;
    try { deployResources(resources); } catch (error) { thrown = error; }
    expect(thrown).toBeInstanceOf(DeploymentError);
    expect(thrown).toMatchObject({ logicalId, message: `${logicalId}: ${message}` });
  });

  test('template', () => {
    expect(() => deploy([stackOf({}, { templateBytes: 1_000_000 })], ENVIRONMENT)).not.toThrow();
    expect(() => deploy([stackOf({}, { templateBytes: 1_000_001 })], ENVIRONMENT)).toThrow('Stack: the template may have at most 1000000 bytes, got 1000001');
  });

  test('parameters', () => {
    const parameters = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`P${index}`, { Type: 'String', Default: '' }]));
    expect(() => deploy([stackOf({ Parameters: parameters(200) })], ENVIRONMENT)).not.toThrow();
    expect(() => deploy([stackOf({ Parameters: parameters(201) })], ENVIRONMENT)).toThrow('Stack: the template may have at most 200 parameters, got 201');
  });

  test('inline policies that another stack attaches', () => {
    const { Role, Policy } = rolePolicies(6_000, 6_000);
    const attached = { ...Policy, Properties: { ...Policy.Properties, Roles: ['role'] } };
    const stacks = [
      stackOf({ Resources: { Role: { ...Role, Properties: { ...Role.Properties, RoleName: 'role' } } } }),
      stackOf({ Resources: { Policy: attached } }, { name: 'Other' }),
    ];
    expect(() => deploy(stacks, ENVIRONMENT)).toThrow('Role: the role may have at most 10240 characters of inline policies, got 12000');
  });
});
