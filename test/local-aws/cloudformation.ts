import type { StackArtifact } from './cloud-assembly';
import { DeploymentError } from './deployment-error';
import { JsonObject, listOf, objectOf } from './json';
import type { Environment } from './physical-resource';
import { checkQuotas } from './quotas';
import { StackScope } from './stack-scope';

/** A resource with every expression of its template replaced by its value. */
export interface DeployedResource {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  /** The value of `Ref`. */
  readonly physicalId: string;
  readonly arn?: string;
  readonly properties: JsonObject;
}

/** The stacks of a cloud assembly, deployed. */
export class Deployment {
  constructor(
    readonly environment: Environment,
    private readonly artifacts: readonly StackArtifact[],
    private deployed: readonly DeployedResource[],
    /** The values of the stacks' outputs: by stack name, then by logical id. */
    readonly outputs: Readonly<Record<string, JsonObject>>,
  ) {}

  /** Every resource of every stack. */
  get all(): readonly DeployedResource[] {
    return this.deployed;
  }

  /** The resources of a type, of all stacks. */
  resources(type: string): DeployedResource[] {
    return this.all.filter(resource => resource.type === type);
  }

  findByArn(arn: string): DeployedResource | undefined {
    return this.all.find(resource => resource.arn === arn);
  }

  /**
   * Gives a resource other properties, as an update of its stack does.
   *
   * Roles' policies, permissions to invoke, and rules are heeded as they are now; a function, queue or mapping stays as it was created.
   */
  update({ logicalId, stackName }: Pick<DeployedResource, 'logicalId' | 'stackName'>, properties: JsonObject): void {
    const isMeant = (resource: DeployedResource): boolean => resource.logicalId === logicalId && resource.stackName === stackName;
    if (!this.deployed.some(isMeant)) throw new Error(`no resource ${logicalId} of stack ${stackName} is deployed`);
    this.deployed = this.deployed.map(resource => isMeant(resource) ? { ...resource, properties } : resource);
  }

  /** @returns the absolute path of the directory or file that is published under the key */
  findAsset(stackName: string, objectKey: string): string {
    const artifact = this.artifacts.find(({ name }) => name === stackName);
    if (artifact === undefined) throw new Error(`no stack ${stackName} is deployed`);
    return artifact.findAsset(objectKey);
  }
}

/**
 * Deploys stacks as CloudFormation would: resolves their templates, and fails where a service's quota would make it fail.
 *
 * Physical ids are the same each time. Nested stacks and transforms are errors; the properties themselves are not validated.
 *
 * @param parameters The values of template parameters, of whichever stack has them.
 */
export function deploy(
  artifacts: readonly StackArtifact[], environment: Environment, parameters: Readonly<Partial<Record<string, string>>> = {},
): Deployment {
  const scopes: StackScope[] = artifacts.map(artifact => new StackScope(artifact, environment, parameters, name => importValue(scopes, name)));
  const resources = scopes.flatMap(deployStack);
  const outputs = Object.fromEntries(scopes.map(scope => [scope.artifact.name, resolveOutputs(scope)]));
  artifacts.forEach(artifact => checkQuotas(artifact, resources));
  return new Deployment(environment, artifacts, resources, outputs);
}

function deployStack(scope: StackScope): DeployedResource[] {
  const { name: stackName, account, region, template } = scope.artifact;
  checkTarget(stackName, 'account', account, scope.reference('AWS::AccountId'));
  checkTarget(stackName, 'region', region, scope.reference('AWS::Region'));
  if (template.Transform !== undefined) throw new DeploymentError(stackName, 'the local AWS does not transform templates');

  const dependencies = new Map<string, Set<string>>();
  const resources = scope.resourceIds().map(logicalId => {
    const { Type: type, Properties: given = {}, DependsOn: dependsOn } = template.Resources?.[logicalId] ?? { Type: '' };
    if (type === 'AWS::CloudFormation::Stack') throw new DeploymentError(logicalId, 'the local AWS deploys no nested stacks');
    const { resolved, references } = resolveProperties(scope, logicalId, given);
    dependencies.set(logicalId, new Set([...references, ...listOf(dependsOn).map(String)]));
    const { physicalId, arn } = scope.physicalResource(logicalId);
    return { stackName, logicalId, type, physicalId, arn, properties: objectOf(resolved) };
  });
  checkDependencies(stackName, Object.keys(template.Resources ?? {}), dependencies);
  return resources;
}

function checkTarget(stackName: string, what: string, synthesized: string | undefined, deployed: unknown): void {
  if (synthesized === undefined || synthesized === deployed) return;
  throw new DeploymentError(stackName, `the stack was synthesized for the ${what} ${synthesized}, and is deployed to ${String(deployed)}`);
}

function resolveProperties(scope: StackScope, logicalId: string, properties: JsonObject): { resolved: unknown; references: Set<string> } {
  try {
    return scope.resolveWithReferences(properties);
  } catch (error) {
    throw error instanceof DeploymentError ? error : new DeploymentError(logicalId, error instanceof Error ? error.message : String(error));
  }
}

/** CloudFormation creates resources in the order of their dependencies, so there has to be one. */
function checkDependencies(stackName: string, logicalIds: readonly string[], dependencies: ReadonlyMap<string, ReadonlySet<string>>): void {
  const done = new Set<string>();
  const visit = (logicalId: string, path: readonly string[]): void => {
    if (path.includes(logicalId)) throw new DeploymentError(logicalId, `circular dependency: ${[...path, logicalId].join(' -> ')}`);
    if (!logicalIds.includes(logicalId)) {
      throw new DeploymentError(stackName, `${path.at(-1)} depends on ${logicalId}, which is no resource of the template`);
    }
    if (done.has(logicalId)) return;
    dependencies.get(logicalId)?.forEach(dependency => visit(dependency, [...path, logicalId]));
    done.add(logicalId);
  };
  dependencies.forEach((_, logicalId) => visit(logicalId, []));
}

function resolveOutputs(scope: StackScope): JsonObject {
  const outputs = Object.entries(scope.artifact.template.Outputs ?? {})
    .filter(([, { Condition: condition }]) => condition === undefined || scope.condition(condition));
  return Object.fromEntries(outputs.map(([logicalId, { Value: value }]) => [logicalId, scope.resolve(value)]));
}

function importValue(scopes: readonly StackScope[], name: string): unknown {
  for (const scope of scopes) {
    for (const { Value: value, Condition: condition, Export: exported } of Object.values(scope.artifact.template.Outputs ?? {})) {
      if (exported === undefined || condition !== undefined && !scope.condition(condition)) continue;
      if (scope.resolve(exported.Name) === name) return scope.resolve(value);
    }
  }
  throw new Error(`no stack exports ${name}`);
}
