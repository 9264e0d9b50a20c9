import type { StackArtifact } from './cloud-assembly';
import type { DeployedResource } from './cloudformation';
import { DeploymentError } from './deployment-error';
import { listOf, objectOf, stringOf } from './json';
import { inlinePolicies, managedPolicyArns } from './role-policies';

/** What the services hold at most, as AWS documents it. */
export const QUOTAS = {
  templateBytes: 1_000_000,
  templateResources: 500,
  templateParameters: 200,
  managedPolicyCharacters: 6_144,
  managedPoliciesPerRole: 10,
  inlinePolicyCharacters: 10_240,
  eventPatternCharacters: 2_048,
  lambdaEnvironmentBytes: 4_096,
  // Of the archive that CloudFormation makes of it, which is hardly larger.
  lambdaInlineCodeBytes: 4_000_000,
  lambdaLayers: 5,
} as const;

/**
 * Fails where a service would refuse a stack's resources for their size.
 *
 * @param resources Those of all stacks: a policy may be attached to another stack's role.
 */
export function checkQuotas({ name, template, templateBytes }: StackArtifact, resources: readonly DeployedResource[]): void {
  const own = resources.filter(({ stackName }) => stackName === name);
  check(name, 'the template', templateBytes, QUOTAS.templateBytes, 'bytes');
  check(name, 'the template', own.length, QUOTAS.templateResources, 'resources');
  check(name, 'the template', Object.keys(template.Parameters ?? {}).length, QUOTAS.templateParameters, 'parameters');
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
    const inlineCode = stringOf(objectOf(properties.Code).ZipFile) ?? '';
    check(logicalId, 'the inline code', Buffer.byteLength(inlineCode), QUOTAS.lambdaInlineCodeBytes, 'bytes');
    check(logicalId, 'the function', listOf(properties.Layers).length, QUOTAS.lambdaLayers, 'layers');
  },
};

/** IAM does not count white space. */
function policySize(document: unknown): number {
  return JSON.stringify(document ?? '').replace(/\s/g, '').length;
}

function check(logicalId: string, what: string, got: number, maximum: number, unit: string): void {
  if (got > maximum) throw new DeploymentError(logicalId, `${what} may have at most ${maximum} ${unit}, got ${got}`);
}
