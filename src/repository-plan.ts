import { ArnFormat, Names, Stack } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { checkPrefixes } from './allowed-prefixes';
import type { HandlerConfiguration } from './handler/configuration';
import type { RepositorySettings } from './repository-settings';
import { RepositorySpecification } from './repository-specification';

/** The props that say which repositories may be created and what they get. */
export interface RepositoryPlanProps {
  readonly allowedPrefixes?: string[];
  readonly repositoryDefaults?: RepositorySettings;
}

/** The user's policy, validated. The only place that interprets it; what acts on it is rendered from here. */
export class RepositoryPlan {
  /** Undefined: every name. */
  public readonly allowedPrefixes?: string[];

  /** The value of the owner tag: unique to the construct, by its stack's name and its path in the app. */
  public readonly owner: string;

  private readonly defaults: RepositorySpecification;

  constructor(private readonly scope: Construct, props: RepositoryPlanProps) {
    checkPrefixes('allowedPrefixes', props.allowedPrefixes);
    this.allowedPrefixes = props.allowedPrefixes;
    this.defaults = new RepositorySpecification(scope, 'repositoryDefaults', props.repositoryDefaults ?? {});
    this.owner = `${Stack.of(scope).stackName}/${Names.uniqueResourceName(scope, { maxLength: 120 })}`;
  }

  /** The customer keys that repositories are encrypted with. */
  public get encryptionKeys(): kms.IKey[] {
    return this.defaults.encryptionKey ? [this.defaults.encryptionKey] : [];
  }

  public get hasLifecyclePolicies(): boolean {
    return this.defaults.hasLifecyclePolicy;
  }

  public get hasRepositoryPolicies(): boolean {
    return this.defaults.hasRepositoryPolicy;
  }

  /** Of a repository in the stack's registry, or, with a prefix and `*`, of those that it begins. */
  public repositoryArn(name: string): string {
    return Stack.of(this.scope).formatArn({
      service: 'ecr', resource: 'repository', resourceName: name, arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }

  /** What the handler is told, with tokens. Call it at synth: policies may change until then. */
  public handlerConfiguration(): HandlerConfiguration {
    return {
      repositoryArnPrefix: this.repositoryArn(''),
      owner: this.owner,
      allowedPrefixes: this.allowedPrefixes,
      settings: this.defaults.creationSettings(this.owner),
    };
  }
}
