import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../local-aws/json';
import type { Verdict } from '../verdict';
import { attempt } from './attempt';
import type { Deployments, JudgedResource } from './deployments';
import type { Moto } from './moto';
import { RESOURCE_TYPES, type ResourceType, withoutLogStreams } from './resource-types';

const LOG_GROUP_ARN = 'Fn::GetAtt of a log group\'s Arn is without the :* that CloudFormation documents; policies that have it are put by calls of IAM';

/**
 * Compares every deployed resource with what its template says, resolved by our stand-in for CloudFormation.
 *
 * What moto's CloudFormation leaves out is made by calls of the services, so that the rest can be judged.
 * @returns what moto leaves out
 */
export async function judgeResources(verdict: Verdict, moto: Moto, deployments: Deployments): Promise<string[]> {
  const limits = new Set<string>([LOG_GROUP_ARN]);
  // Repositories are judged with those that the handler creates.
  for (const resource of deployments.resources.filter(({ type }) => type !== 'AWS::ECR::Repository')) {
    const type = RESOURCE_TYPES[resource.type];
    if (type === undefined) {
      verdict.disagree(`${nameOf(resource)}: the judge does not know how to see a ${resource.type}`);
      continue;
    }
    verdict.check('resources compared', (resource.physicalId === undefined) === (type.missing ?? false),
      () => `${nameOf(resource)}: moto's CloudFormation ${resource.physicalId === undefined ? 'does not create' : 'now creates'} it`);
    await attempt(verdict, nameOf(resource), async () => judgeResource(verdict, moto, deployments, resource, type));
    limitsOf(resource.type, type).forEach(limit => limits.add(limit));
  }
  return [...limits].sort();
}

function limitsOf(name: string, { dropped = [], existenceOnly, make, missing, notImplemented }: ResourceType): string[] {
  if (notImplemented) return [`${name}: neither CloudFormation nor the service has it; boto3 knows the names and types of the call's parameters, and moto says that it is not implemented`];
  if (missing) return [`${name}: CloudFormation does not create it; made by calls of the service`];
  if (existenceOnly) return [`${name}: judged only for being there`];
  return dropped.map(property => `${name}: CloudFormation leaves out ${property}${make ? '; made by calls of the service' : ''}`);
}

async function judgeResource(verdict: Verdict, moto: Moto, deployments: Deployments, resource: JudgedResource, type: ResourceType): Promise<void> {
  if (type.notImplemented) return judgeUnimplemented(verdict, moto, resource, type);
  const describe = async () => type.describe(moto, resource, deployments);
  if (!type.missing) compareAsDeployed(verdict, resource, await describe(), type);
  if (!type.make) return;
  await type.make(moto, resource);
  compare(verdict, resource, resource.expected, await describe());
}

/** Compares what moto's CloudFormation is known to do; what it has learnt since must be judged too. */
function compareAsDeployed(verdict: Verdict, resource: JudgedResource, found: JsonObject, { dropped = [], existenceOnly }: ResourceType): void {
  if (existenceOnly) return;
  for (const property of dropped) {
    if (resource.expected[property] !== undefined && isDeepStrictEqual(found[property], resource.expected[property])) {
      verdict.disagree(`${nameOf(resource)}: moto's CloudFormation has learnt ${property}: take it off the list of what it leaves out`);
    }
  }
  const expected = JSON.parse(withoutLogStreams(JSON.stringify(resource.expected))) as JsonObject;
  compare(verdict, resource, Object.fromEntries(Object.entries(expected).filter(([property]) => !dropped.includes(property))), found);
}

function compare(verdict: Verdict, resource: JudgedResource, properties: JsonObject, found: JsonObject): void {
  for (const [property, expected] of Object.entries(properties)) {
    verdict.check('properties compared', isDeepStrictEqual(found[property], expected),
      () => `${nameOf(resource)}.${property} is ${JSON.stringify(found[property])} in moto, and the template says ${JSON.stringify(expected)}`);
  }
}

/** boto3 checks the parameters against AWS's model of the service before it sends anything. */
async function judgeUnimplemented(verdict: Verdict, moto: Moto, resource: JudgedResource, { make, notImplemented = '' }: ResourceType): Promise<void> {
  const reason = await moto.expectNotImplemented(notImplemented, async () => make?.(moto, resource));
  verdict.check('properties compared', reason === undefined, () => `${nameOf(resource)}: ${reason}`);
}

function nameOf({ logicalId, stackName, type }: JudgedResource): string {
  return `${type} ${stackName}/${logicalId}`;
}
