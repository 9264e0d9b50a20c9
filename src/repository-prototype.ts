import * as ecr from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import type { RepositorySettings } from './repository-settings';

/**
 * The settings as `ecr.Repository` checks and renders them, on a repository that is not part of the app.
 *
 * CDK's own rules for lifecycle rules and exclusion filters hold here too, whatever its version.
 */
export function repositoryPrototype(scope: Construct, prop: string, settings: RepositorySettings): ecr.CfnRepository {
  const { imageTagMutability, imageTagMutabilityExclusionFilters, lifecycleRules } = settings;
  const id = 'RepositoryPrototype';
  try {
    const repository = new ecr.Repository(scope, id, { imageTagMutability, imageTagMutabilityExclusionFilters, lifecycleRules });
    const resource = repository.node.defaultChild as ecr.CfnRepository;
    // Some of CDK's checks run only when the policy is rendered.
    repository.stack.resolve(resource.lifecyclePolicy);
    return resource;
  } catch (error) {
    // CDK's message cannot name our prop.
    throw new Error(`${prop} must be settings that ecr.Repository accepts, got: ${(error as Error).message}`);
  } finally {
    scope.node.tryRemoveChild(id);
  }
}
