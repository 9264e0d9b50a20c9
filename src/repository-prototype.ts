import { Token } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import { placeholder, replacePlaceholders } from './handler/configuration';
import type { RepositorySettings } from './repository-settings';

/** What `ecr.Repository` makes of settings. */
export interface RepositoryPrototype {
  readonly lifecyclePolicy?: Record<string, unknown>;
  readonly imageTagMutabilityExclusionFilters?: ecr.CfnRepository.ImageTagMutabilityExclusionFilterProperty[];
}

/**
 * The settings as `ecr.Repository` checks and renders them, on a repository that is not part of the app.
 *
 * CDK's own rules for lifecycle rules and exclusion filters hold here too, whatever its version.
 */
export function repositoryPrototype(scope: Construct, prop: string, settings: RepositorySettings): RepositoryPrototype {
  const { imageTagMutability, imageTagMutabilityExclusionFilters, lifecycleRules } = settings;
  // The repository would resolve tokens by itself, too early for references to other stacks.
  const tokens: string[] = [];
  const hide = (text: string) => Token.isUnresolved(text) ? placeholder(tokens.push(text) - 1) : text;

  const id = 'RepositoryPrototype';
  try {
    const repository = new ecr.Repository(scope, id, {
      imageTagMutability,
      // An empty list says that there are none, which the CDK has no word for.
      imageTagMutabilityExclusionFilters: imageTagMutabilityExclusionFilters?.length === 0 ? undefined : imageTagMutabilityExclusionFilters,
      lifecycleRules: lifecycleRules?.map(rule => ({
        ...rule,
        description: rule.description && hide(rule.description),
        tagPrefixList: rule.tagPrefixList?.map(hide),
        tagPatternList: rule.tagPatternList?.map(hide),
      })),
    });
    const resource = repository.node.defaultChild as ecr.CfnRepository;
    const text: string | undefined = repository.stack.resolve(resource.lifecyclePolicy)?.lifecyclePolicyText;
    return {
      lifecyclePolicy: text === undefined ? undefined : JSON.parse(text, (_key, value) =>
        typeof value === 'string' ? replacePlaceholders(value, index => tokens[index]) : value),
      imageTagMutabilityExclusionFilters: repository.stack.resolve(resource.imageTagMutabilityExclusionFilters),
    };
  } catch (error) {
    // CDK's message cannot name our prop.
    throw new Error(`${prop} must be settings that ecr.Repository accepts, got: ${(error as Error).message}`);
  } finally {
    scope.node.tryRemoveChild(id);
  }
}
