import { join } from 'node:path';
import { CONTACT } from './apps';
import { ACCOUNT, ENVIRONMENT, type Moto, REGION } from './moto';
import { readCloudAssembly } from '../../local-aws/cloud-assembly';
import { deploy, type DeployedResource, type Deployment } from '../../local-aws/cloudformation';
import { requireCommand } from '../../local-aws/command';
import type { JsonObject } from '../../local-aws/json';

/** In milliseconds. It takes seconds. */
const DEPLOYMENT_TIME_LIMIT = 5 * 60_000;

/** By a call of CreateStack, as moto keeps no exports of what a change set makes: one of them imports what the other exports. */
const DEPLOYED_DIRECTLY = ['CustomerKey', 'References'];

/** A resource as moto's CloudFormation created it, and as our own stand-in for it resolves its template. */
export interface JudgedResource {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  /** Undefined: moto did not create it. */
  readonly physicalId?: string;
  readonly arn?: string;
  /** What the template says, resolved by our stand-in, with moto's ids. */
  readonly expected: JsonObject;
}

/** Bootstraps moto's account and deploys every stack, by the CDK's own command-line tool. */
export async function deployByCdk(moto: Moto, cdkModules: string, assembly: string): Promise<void> {
  const cdk = async (...args: string[]) => requireCommand(process.execPath, [join(cdkModules, 'aws-cdk', 'bin', 'cdk'), ...args, '--no-notices'], {
    timeLimit: DEPLOYMENT_TIME_LIMIT,
    env: {
      ...moto.environment(),
      // By the other name of 127.0.0.1: only there moto takes the first part of a template's path for its bucket.
      AWS_ENDPOINT_URL: `http://localhost:${moto.port}`,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    },
  });
  const deployStacks = async (stacks: readonly string[], ...args: string[]) =>
    cdk('deploy', ...stacks, '--exclusively', '--app', assembly, '--require-approval', 'never', ...args);

  const stackNames = readCloudAssembly(assembly).map(({ name }) => name);
  const exporting = stackNames.filter(name => DEPLOYED_DIRECTLY.includes(name));
  await cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`);
  await deployStacks(exporting, '--method', 'direct');
  await deployStacks(stackNames.filter(name => !exporting.includes(name)), '--parameters', `Largest:Contact=${CONTACT}`);
}

interface DescribedStack {
  readonly StackStatus: string;
  readonly Outputs?: Record<string, string>[];
}

/** What is deployed, in moto and in our stand-in. */
export class Deployments {
  static async read(moto: Moto, assembly: string): Promise<Deployments> {
    const artifacts = readCloudAssembly(assembly);
    const local = deploy(artifacts, ENVIRONMENT, { Contact: CONTACT, BootstrapVersion: '31' });
    const physicalIds = new Map<string, string>();
    const outputs = new Map<string, string>();
    const statuses = new Map<string, string>();
    for (const { name } of artifacts) {
      const { StackResourceSummaries: summaries } = await moto.call('cloudformation', 'ListStackResources', { StackName: name });
      for (const { LogicalResourceId: logicalId, PhysicalResourceId: physicalId } of summaries as Record<string, string | undefined>[]) {
        if (logicalId !== undefined && physicalId !== undefined) physicalIds.set(`${name}/${logicalId}`, physicalId);
      }
      const { Stacks: [stack] } = await moto.call('cloudformation', 'DescribeStacks', { StackName: name }) as { Stacks: DescribedStack[] };
      for (const { OutputKey, OutputValue } of stack.Outputs ?? []) outputs.set(`${name}/${OutputKey}`, OutputValue);
      statuses.set(name, stack.StackStatus);
    }
    return new Deployments(local, statuses, physicalIds, outputs);
  }

  readonly resources: readonly JudgedResource[];

  private constructor(
    private readonly local: Deployment,
    /** By the stacks' names. */
    readonly statuses: ReadonlyMap<string, string>,
    private readonly physicalIds: ReadonlyMap<string, string>, private readonly outputs: ReadonlyMap<string, string>,
  ) {
    this.resources = local.all.map(resource => {
      const { arn, logicalId, properties, stackName, type } = resource;
      const physicalId = physicalIds.get(idOf(resource));
      return { stackName, logicalId, type, physicalId, arn: arn && this.translated(arn), expected: this.translated(properties) };
    });
  }

  /** The resources of a type, all or those of one construct of a stack. */
  ofType(type: string, { stackName, id = '' }: { stackName?: string; id?: string } = {}): JudgedResource[] {
    return this.resources.filter(resource =>
      resource.type === type && (stackName === undefined || resource.stackName === stackName) && resource.logicalId.startsWith(id));
  }

  /** As {@link ofType}, of which there must be one. */
  only(type: string, of: { stackName: string; id?: string }): JudgedResource & { readonly physicalId: string } {
    const found = this.ofType(type, of).flatMap(({ physicalId, ...others }) => physicalId === undefined ? [] : [{ ...others, physicalId }]);
    if (found.length !== 1) throw new Error(`${of.stackName} has ${found.length} ${type} of ${of.id ?? 'any construct'}, not one`);
    return found[0];
  }

  /** An output of a stack, as moto resolves it. */
  output(stackName: string, name: string): string {
    const value = this.outputs.get(`${stackName}/${name}`);
    if (value === undefined) throw new Error(`${stackName} has no output ${name}`);
    return value;
  }

  /** With moto's ids in place of those that our stand-in makes up. */
  private translated<T>(value: T): T {
    let text = JSON.stringify(value);
    for (const resource of this.local.all) {
      const physicalId = this.physicalIds.get(idOf(resource));
      if (physicalId !== undefined) text = text.replaceAll(lastPart(resource.physicalId), lastPart(physicalId));
    }
    return JSON.parse(text) as T;
  }
}

function idOf({ logicalId, stackName }: DeployedResource): string {
  return `${stackName}/${logicalId}`;
}

/** The name, in an ARN or a URL. */
function lastPart(physicalId: string): string {
  return physicalId.slice(physicalId.lastIndexOf('/') + 1);
}
