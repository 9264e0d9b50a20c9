import { ArnFormat, Names, Stack, Token } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { checkPrincipals } from './allowed-principals';
import type { HandlerConfiguration } from './handler/configuration';
import { checkDeniedPrefixes, checkOverridePrefixes, checkPrefixes } from './name-prefixes';
import type { RepositoryCreationOptions } from './repository-creation-options';
import { RepositorySpecification } from './repository-specification';
import { checkCreatorTagKey } from './repository-tags';
import { overlay } from './settings-overlay';
import { checkList } from './validation';

/** The props that say which repositories may be created, by whom, and what they get. */
export interface RepositoryPlanProps extends RepositoryCreationOptions {
  readonly deniedPrefixes?: string[];
  readonly allowedPrincipals?: string[];
  readonly creatorTagKey?: string;
}

/** Settings for the names that start with a prefix, the defaults laid under them. */
export interface PlannedOverride {
  readonly prefix: string;
  readonly specification: RepositorySpecification;
}

/** The user's policy, validated. The only place that interprets it; what acts on it is rendered from here. */
export class RepositoryPlan {
  /** Undefined: every name. */
  public readonly allowedPrefixes?: string[];

  public readonly deniedPrefixes: string[];

  /** The value of the owner tag: unique to the construct, by its stack's name and its path in the app. */
  public readonly owner: string;

  public readonly defaults: RepositorySpecification;

  /** As the user listed them; the one with the longest prefix that matches applies. */
  public readonly overrides: PlannedOverride[];

  constructor(private readonly scope: Construct, private readonly props: RepositoryPlanProps) {
    const { allowedPrefixes, deniedPrefixes, repositoryDefaults = {}, repositoryOverrides = [] } = props;
    checkPrefixes('allowedPrefixes', allowedPrefixes);
    checkDeniedPrefixes(deniedPrefixes, allowedPrefixes);
    checkPrincipals(props.allowedPrincipals);
    checkList('repositoryOverrides', repositoryOverrides);
    checkOverridePrefixes(repositoryOverrides.map(({ prefix }) => prefix), allowedPrefixes, deniedPrefixes);

    this.allowedPrefixes = allowedPrefixes;
    this.deniedPrefixes = deniedPrefixes ?? [];
    this.owner = ownerOf(scope);
    this.defaults = new RepositorySpecification(scope, 'repositoryDefaults', repositoryDefaults);
    this.overrides = repositoryOverrides.map(({ prefix, settings }, index) => ({
      prefix,
      specification: new RepositorySpecification(scope, `repositoryOverrides[${index}].settings`, overlay(repositoryDefaults, settings)),
    }));
    checkCreatorTagKey(props.creatorTagKey, Object.fromEntries([
      ['repositoryDefaults.tags', this.defaults.tags],
      ...this.overrides.map(({ specification }, index) => [`repositoryOverrides[${index}].settings.tags`, specification.tags] as const),
    ]));
  }

  /** The customer keys that repositories are encrypted with, each once. */
  public get encryptionKeys(): kms.IKey[] {
    const keys = this.specifications.flatMap(({ encryptionKey }) => encryptionKey ?? []);
    return [...new Map(keys.map(key => [key.keyArn, key])).values()];
  }

  public get hasLifecyclePolicies(): boolean {
    return this.specifications.some(({ hasLifecyclePolicy }) => hasLifecyclePolicy);
  }

  public get hasRepositoryPolicies(): boolean {
    return this.specifications.some(({ hasRepositoryPolicy }) => hasRepositoryPolicy);
  }

  /** Of a repository in the stack's registry, or, with a prefix and `*`, of those that it begins. */
  public repositoryArn(name: string): string {
    return Stack.of(this.scope).formatArn({
      service: 'ecr', resource: 'repository', resourceName: name, arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }

  /** What the handler is told, with tokens. Call it at synth: policies may change until then. */
  public handlerConfiguration(): HandlerConfiguration {
    const { allowedPrefixes, deniedPrefixes, allowedPrincipals, creatorTagKey } = this.props;
    return {
      repositoryArnPrefix: this.repositoryArn(''),
      owner: this.owner,
      allowedPrefixes,
      deniedPrefixes,
      allowedPrincipals,
      creatorTagKey,
      settings: this.defaults.creationSettings(this.owner),
      overrides: this.overrides.length === 0 ? undefined : this.overrides.map(({ prefix, specification }) => ({
        prefix, settings: specification.creationSettings(this.owner),
      })),
    };
  }

  private get specifications(): RepositorySpecification[] {
    return [this.defaults, ...this.overrides.map(({ specification }) => specification)];
  }
}

function ownerOf(scope: Construct): string {
  const { node } = scope;
  const stack = Stack.of(scope);
  const stackName = Token.isUnresolved(stack.stackName) ? stack.node.id : stack.stackName;
  const ids = [stackName, ...node.scopes.slice(node.scopes.indexOf(stack) + 1).map(each => each.node.id)];
  // The CDK makes no name of `Default` alone.
  const name = ids.every(id => id === 'Default') ? node.addr : Names.uniqueResourceName(scope, { maxLength: 120 });
  return `${stack.stackName}/${name}`;
}
