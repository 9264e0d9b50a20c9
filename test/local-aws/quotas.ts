import type { DeployedResource } from './cloudformation';
import { DeploymentError } from './deployment-error';
import { objectOf } from './json';
import { inlinePolicies, managedPolicyArns } from './role-policies';

/** What the services hold at most, as AWS documents it. */
export const QUOTAS = {
  templateBytes: 1_000_000,
  templateResources: 500,
  managedPolicyCharacters: 6_144,
  managedPoliciesPerRole: 10,
  inlinePolicyCharacters: 10_240,
  eventPatternCharacters: 2_048,
  lambdaEnvironmentBytes: 4_096,
} as const;

/**
 * Fails where a service would refuse a stack's resources for their size.
 *
 * @param resources Those of all stacks: a policy may be attached to another stack's role.
 */
export function checkQuotas(stackName: string, templateBytes: number, resources: readonly DeployedResource[]): void {
  const own = resources.filter(resource => resource.stackName === stackName);
  check(stackName, 'the template', templateBytes, QUOTAS.templateBytes, 'bytes');
  check(stackName, 'the template', own.length, QUOTAS.templateResources, 'resources');
  for (const resource of own) CHECKS[resource.type]?.(resource, resources);
}

const CHECKS: Readonly<Partial<Record<string, (resource: DeployedResource, all: readonly DeployedResource[]) => void>>> = {
  'AWS::IAM::ManagedPolicy': ({ logicalId, properties }) =>
    check(logicalId, 'the managed policy', policySize(properties.PolicyDocument), QUOTAS.managedPolicyCharacters, 'characters'),
  'AWS::IAM::Role': ({ logicalId, arn = '' }, all) => {
    check(logicalId, 'the role', managedPolicyArns(all, arn).length, QUOTAS.managedPoliciesPerRole, 'managed policies');
    const inline = inlinePolicies(all, arn).reduce((sum: number, document) => sum + policySize(document), 0);
    check(logicalId, 'the role', inline, QUOTAS.inlinePolicyCharacters, 'characters of inline policies');
  },
  'AWS::Events::Rule': ({ logicalId, properties: { EventPattern: pattern } }) =>
    check(logicalId, 'the event pattern', JSON.stringify(pattern ?? '').length, QUOTAS.eventPatternCharacters, 'characters'),
  'AWS::Lambda::Function': ({ logicalId, properties }) => {
    const variables = Object.entries(objectOf(objectOf(properties.Environment).Variables));
    const bytes = variables.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(String(value)), 0);
    check(logicalId, 'the environment variables', bytes, QUOTAS.lambdaEnvironmentBytes, 'bytes');
  },
};

/** IAM does not count white space. */
function policySize(document: unknown): number {
  return JSON.stringify(document ?? '').replace(/\s/g, '').length;
}

function check(logicalId: string, what: string, got: number, maximum: number, unit: string): void {
  if (got > maximum) throw new DeploymentError(logicalId, `${what} may have at most ${maximum} ${unit}, got ${got}`);
}
