import type { StackArtifact, TemplateResource } from './cloud-assembly';
import { DeploymentError } from './deployment-error';
import { evaluateCondition, NO_VALUE, resolveIntrinsics, TemplateScope } from './intrinsics';
import { objectOf } from './json';
import { createPhysicalResource, Environment, PhysicalResource, stableUuid, urlSuffix } from './physical-resource';

/** What a stack's template may refer to: parameters, conditions, mappings, and the resources with the ids they get. */
export class StackScope implements TemplateScope {
  private readonly physicalResources = new Map<string, PhysicalResource>();
  private readonly conditions = new Map<string, boolean>();
  private readonly underWay = new Set<string>();
  private references = new Set<string>();

  constructor(
    readonly artifact: StackArtifact,
    private readonly environment: Environment,
    private readonly parameters: Readonly<Partial<Record<string, string>>>,
    readonly importValue: (name: string) => unknown,
  ) {}

  /** The logical ids of the resources whose condition, if any, holds. */
  resourceIds(): string[] {
    return Object.keys(this.templateResources()).filter(logicalId => this.exists(logicalId));
  }

  /** Resolves a part of the template. */
  resolve(value: unknown): unknown {
    const resolved = resolveIntrinsics(value, this);
    return resolved === NO_VALUE ? undefined : resolved;
  }

  /** Resolves a part of the template and tells which resources it refers to. */
  resolveWithReferences(value: unknown): { resolved: unknown; references: Set<string> } {
    this.references = new Set();
    return { resolved: this.resolve(value), references: this.references };
  }

  reference(name: string): unknown {
    if (name.startsWith('AWS::')) return this.pseudoParameter(name);
    if (Object.hasOwn(this.artifact.template.Parameters ?? {}, name)) return this.parameter(name);
    return this.physicalResource(name).physicalId;
  }

  attribute(logicalId: string, attribute: string): string {
    const value = this.physicalResource(logicalId).attributes[attribute];
    if (value !== undefined) return value;
    throw new DeploymentError(logicalId, `the local AWS knows no attribute ${attribute} of ${this.resource(logicalId).Type}`);
  }

  condition(name: string): boolean {
    const known = this.conditions.get(name);
    if (known !== undefined) return known;
    const expression = this.artifact.template.Conditions?.[name];
    if (expression === undefined) throw new Error(`the template has no condition ${name}`);
    const value = this.guarded(`condition ${name}`, () => evaluateCondition(expression, this));
    this.conditions.set(name, value);
    return value;
  }

  mapping(map: string, topLevelKey: string, secondLevelKey: string): unknown {
    const value = objectOf(objectOf(this.artifact.template.Mappings?.[map])[topLevelKey])[secondLevelKey];
    if (value === undefined) throw new Error(`the template has no mapping ${map}.${topLevelKey}.${secondLevelKey}`);
    return value;
  }

  physicalResource(logicalId: string): PhysicalResource {
    const resource = this.resource(logicalId);
    this.references.add(logicalId);
    const known = this.physicalResources.get(logicalId);
    if (known !== undefined) return known;

    const created = this.guarded(logicalId, () => createPhysicalResource({
      type: resource.Type,
      stackName: this.artifact.name,
      logicalId,
      environment: this.environment,
      property: name => {
        const value = this.resolve(resource.Properties?.[name]);
        return value === undefined ? undefined : String(value);
      },
    }));
    this.physicalResources.set(logicalId, created);
    return created;
  }

  private templateResources(): Record<string, TemplateResource> {
    return this.artifact.template.Resources ?? {};
  }

  private exists(logicalId: string): boolean {
    const resources = this.templateResources();
    if (!Object.hasOwn(resources, logicalId)) return false;
    const { Condition: condition } = resources[logicalId];
    return condition === undefined || this.condition(condition);
  }

  private resource(logicalId: string): TemplateResource {
    if (!this.exists(logicalId)) throw new DeploymentError(this.artifact.name, `the template refers to ${logicalId}, which is no resource of it`);
    return this.templateResources()[logicalId];
  }

  private parameter(name: string): unknown {
    const { Type: type, Default: byDefault } = this.artifact.template.Parameters?.[name] ?? { Type: 'String' };
    // The default of the others is the name of something that lives in AWS.
    const value = this.parameters[name] ?? (type.startsWith('AWS::') ? undefined : byDefault);
    if (value === undefined) throw new DeploymentError(this.artifact.name, `the parameter ${name} has no value`);
    return type === 'CommaDelimitedList' || type.startsWith('List<') ? String(value).split(',').map(element => element.trim()) : String(value);
  }

  private pseudoParameter(name: string): unknown {
    const { account, partition, region } = this.environment;
    const stackName = this.artifact.name;
    switch (name) {
      case 'AWS::AccountId': return account;
      case 'AWS::Region': return region;
      case 'AWS::Partition': return partition;
      case 'AWS::URLSuffix': return urlSuffix(partition);
      case 'AWS::StackName': return stackName;
      case 'AWS::StackId': return `arn:${partition}:cloudformation:${region}:${account}:stack/${stackName}/${stableUuid(stackName)}`;
      case 'AWS::NoValue': return NO_VALUE;
      default: throw new Error(`the pseudo parameter ${name} is not known`);
    }
  }

  private guarded<T>(subject: string, evaluate: () => T): T {
    if (this.underWay.has(subject)) throw new DeploymentError(this.artifact.name, `circular dependency of ${[...this.underWay].join(', ')}`);
    this.underWay.add(subject);
    try {
      return evaluate();
    } finally {
      this.underWay.delete(subject);
    }
  }
}
