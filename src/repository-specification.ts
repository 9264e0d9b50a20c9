import { Annotations, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { shortestLength } from './deploy-time-values';
import type { CreationSettings, PolicyDocument } from './handler/configuration';
import { checkLifecyclePolicy, parseLifecyclePolicyText } from './lifecycle-policy';
import { checkEncryption, encryptionConfiguration } from './repository-encryption';
import { type RepositoryPrototype, repositoryPrototype } from './repository-prototype';
import type { RepositorySettings } from './repository-settings';
import { allTags, checkTags } from './repository-tags';
import { checkList } from './validation';

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutLifecyclePolicy.html
const MIN_LIFECYCLE_POLICY_LENGTH = 100;
const MAX_LIFECYCLE_POLICY_LENGTH = 30_720;
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html
const MAX_REPOSITORY_POLICY_LENGTH = 10_240;

/**
 * Settings of created repositories, validated, and as the ECR API takes them.
 *
 * Tokens are kept, and what may change until synth is rendered and measured at synth.
 */
export class RepositorySpecification {
  private readonly prototype: RepositoryPrototype;

  /** @param prop the prop that holds the settings, for errors */
  constructor(private readonly scope: Construct, private readonly prop: string, private readonly settings: RepositorySettings) {
    checkList(`${prop}.imageTagMutabilityExclusionFilters`, settings.imageTagMutabilityExclusionFilters);
    checkLifecyclePolicy(prop, settings);
    checkEncryption(scope, prop, settings);
    checkTags(`${prop}.tags`, settings.tags);
    this.prototype = repositoryPrototype(scope, prop, settings);
    this.checkLifecyclePolicyLength();
    scope.node.addValidation({ validate: () => this.validateRepositoryPolicy() });
  }

  public get encryptionKey() {
    return this.settings.encryptionKey;
  }

  public get hasLifecyclePolicy(): boolean {
    return this.settings.lifecyclePolicyText !== undefined || (this.settings.lifecycleRules ?? []).length > 0;
  }

  /** Whether there can be a repository policy: an empty document may be filled until synth. */
  public get hasRepositoryPolicy(): boolean {
    return this.settings.repositoryPolicy !== undefined;
  }

  /** What the ECR API is told for a new repository, with tokens. Call it at synth. */
  public creationSettings(owner: string): CreationSettings {
    const { imageTagMutability, imageScanOnPush = true, tags } = this.settings;
    return {
      repository: {
        imageTagMutability,
        imageTagMutabilityExclusionFilters: this.exclusionFilters(),
        imageScanningConfiguration: { scanOnPush: imageScanOnPush },
        encryptionConfiguration: encryptionConfiguration(this.settings),
        tags: allTags(owner, tags),
      },
      lifecyclePolicy: this.lifecyclePolicy(),
      repositoryPolicy: this.repositoryPolicy(),
    };
  }

  private exclusionFilters() {
    return this.prototype.imageTagMutabilityExclusionFilters?.map(filter => ({
      filterType: filter.imageTagMutabilityExclusionFilterType as 'WILDCARD',
      filter: filter.imageTagMutabilityExclusionFilterValue,
    }));
  }

  private lifecyclePolicy(): PolicyDocument | undefined {
    const { lifecyclePolicyText } = this.settings;
    return lifecyclePolicyText === undefined
      ? this.prototype.lifecyclePolicy
      : parseLifecyclePolicyText(`${this.prop}.lifecyclePolicyText`, lifecyclePolicyText);
  }

  private repositoryPolicy(): PolicyDocument | undefined {
    const { repositoryPolicy } = this.settings;
    // It resolves to what the handler gets.
    return repositoryPolicy === undefined || repositoryPolicy.isEmpty ? undefined : repositoryPolicy as unknown as PolicyDocument;
  }

  private checkLifecyclePolicyLength(): void {
    const policy = this.resolve(this.lifecyclePolicy());
    if (policy === undefined) return;
    const { length, exact } = shortestLength(policy);
    if (length > MAX_LIFECYCLE_POLICY_LENGTH || exact && length < MIN_LIFECYCLE_POLICY_LENGTH) {
      const prop = this.settings.lifecyclePolicyText === undefined ? 'lifecycleRules' : 'lifecyclePolicyText';
      throw new Error(`${this.prop}.${prop} must make a policy of ${MIN_LIFECYCLE_POLICY_LENGTH} to ${MAX_LIFECYCLE_POLICY_LENGTH} characters without white space, got ${length}`);
    }
  }

  private validateRepositoryPolicy(): string[] {
    const { repositoryPolicy } = this.settings;
    if (repositoryPolicy === undefined || repositoryPolicy.isEmpty) return [];

    const prop = `${this.prop}.repositoryPolicy`;
    const errors = repositoryPolicy.validateForResourcePolicy().map(error => `${prop} must be a resource policy: ${error}`);
    const rendered = this.resolve(repositoryPolicy);
    const { length } = shortestLength(rendered);
    if (length > MAX_REPOSITORY_POLICY_LENGTH) {
      errors.push(`${prop} must have at most ${MAX_REPOSITORY_POLICY_LENGTH} characters, got ${length}`);
    }
    if (rendered.Statement.some((statement: object) => 'Resource' in statement || 'NotResource' in statement)) {
      Annotations.of(this.scope).addWarningV2('cdk-ecr-auto-create:repositoryPolicyResource',
        `${prop} should name no resources: ECR attaches it to the repository`);
    }
    return errors;
  }

  private resolve(value: unknown) {
    return Stack.of(this.scope).resolve(value);
  }
}
