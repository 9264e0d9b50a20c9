import { Annotations, Lazy, Stack, Token } from 'aws-cdk-lib';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { DeployTimeValues } from './deploy-time-values';
import type { CreationSettings, PolicyDocument } from './handler/configuration';
import { checkLifecyclePolicy, parseLifecyclePolicyText } from './lifecycle-policy';
import { checkEncryption, encryptionConfiguration } from './repository-encryption';
import { type RepositoryPrototype, repositoryPrototype } from './repository-prototype';
import type { RepositorySettings } from './repository-settings';
import { allTags, checkTags } from './repository-tags';
import { literalPart } from './token-lengths';
import { checkList } from './validation';

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutLifecyclePolicy.html
const MIN_LIFECYCLE_POLICY_LENGTH = 100;
const MAX_LIFECYCLE_POLICY_LENGTH = 30_720;
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html
const MAX_REPOSITORY_POLICY_LENGTH = 10_240;

/** Properties of a creation template that are settings of the repositories. */
export type CreationTemplateSettings = Pick<ecr.CfnRepositoryCreationTemplateProps,
  'imageTagMutability' | 'imageTagMutabilityExclusionFilters' | 'encryptionConfiguration' | 'lifecyclePolicy' | 'repositoryPolicy' | 'resourceTags'>;

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

  public get tags() {
    return this.settings.tags;
  }

  /** Undefined: our default, which is true. */
  public get imageScanOnPush(): boolean | undefined {
    return this.settings.imageScanOnPush;
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

  /** What a creation template says of new repositories, with tokens: all but scan on push, which it has no word for. */
  public creationTemplateSettings(owner: string): CreationTemplateSettings {
    const { imageTagMutability, repositoryPolicy, tags } = this.settings;
    const toJson = (policy: PolicyDocument | undefined) => typeof policy === 'object' ? Stack.of(this.scope).toJsonString(policy) : policy;
    return {
      imageTagMutability,
      imageTagMutabilityExclusionFilters: this.prototype.imageTagMutabilityExclusionFilters,
      encryptionConfiguration: encryptionConfiguration(this.settings),
      lifecyclePolicy: toJson(this.lifecyclePolicy()),
      repositoryPolicy: repositoryPolicy && Lazy.uncachedString({ produce: () => toJson(this.repositoryPolicy()) }),
      resourceTags: allTags(owner, tags).map(({ Key, Value }) => ({ key: Key, value: Value })),
    };
  }

  /** Whether a creation template would say the same, whatever is added to repository policies until synth. */
  public hasSameTemplateAs(other: RepositorySpecification): boolean {
    return this.settings.repositoryPolicy === other.settings.repositoryPolicy && this.templateIdentity === other.templateIdentity;
  }

  private get templateIdentity(): string {
    const { repository, lifecyclePolicy } = this.creationSettings('');
    return JSON.stringify({ ...repository, imageScanningConfiguration: undefined, lifecyclePolicy });
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
    const policy = this.lifecyclePolicy();
    if (policy === undefined) return;
    const text = typeof policy === 'string' ? policy : JSON.stringify(policy);
    const { length } = literalPart(text);
    if (length > MAX_LIFECYCLE_POLICY_LENGTH || length < MIN_LIFECYCLE_POLICY_LENGTH && !Token.isUnresolved(text)) {
      const prop = this.settings.lifecyclePolicyText === undefined ? 'lifecycleRules' : 'lifecyclePolicyText';
      throw new Error(`${this.prop}.${prop} must make a policy of ${MIN_LIFECYCLE_POLICY_LENGTH} to ${MAX_LIFECYCLE_POLICY_LENGTH} characters without white space, got ${length}`);
    }
  }

  private validateRepositoryPolicy(): string[] {
    const { repositoryPolicy } = this.settings;
    if (repositoryPolicy === undefined || repositoryPolicy.isEmpty) return [];

    const prop = `${this.prop}.repositoryPolicy`;
    const errors = validateWithoutResources(repositoryPolicy).map(error => `${prop} must be a resource policy: ${error}`);
    const rendered = Stack.of(this.scope).resolve(repositoryPolicy);
    const { length } = JSON.stringify(new DeployTimeValues().takeFrom(rendered));
    if (length > MAX_REPOSITORY_POLICY_LENGTH) {
      errors.push(`${prop} must have at most ${MAX_REPOSITORY_POLICY_LENGTH} characters, got ${length}`);
    }
    if (rendered.Statement.some((statement: object) => 'Resource' in statement || 'NotResource' in statement)) {
      Annotations.of(this.scope).addWarningV2('cdk-ecr-auto-create:repositoryPolicyResource',
        `${prop} should name no resources: ECR attaches it to the repository`);
    }
    return errors;
  }
}

/** Newer CDK versions want resources in a resource policy, unless told, as `ecr.Repository` does, that the service takes none. */
function validateWithoutResources(policy: iam.PolicyDocument): string[] {
  const validate: (options?: { skipResourceValidation: boolean }) => string[] = policy.validateForResourcePolicy;
  return validate.call(policy, { skipResourceValidation: true });
}
