import { outputOf, referenceName } from './apps';
import type { Deployments } from './deployments';
import { ACCOUNT, type Moto, REGION, ServiceError } from './moto';
import { type JsonObject, listOf, objectOf } from '../../local-aws/json';

/** The tag by which the handler knows a repository of its own, by its documented name. */
export const OWNER = 'cdk-ecr-auto-create:owner';

/** Everything of a repository that settings can change, as ECR's API gives it. */
export interface RepositoryState {
  readonly imageTagMutability?: unknown;
  readonly imageTagMutabilityExclusionFilters?: unknown;
  readonly imageScanningConfiguration?: unknown;
  readonly encryptionConfiguration?: unknown;
  readonly lifecyclePolicy?: unknown;
  readonly repositoryPolicy?: unknown;
  readonly tags: Readonly<Record<string, string>>;
}

export function repositoryArn(name: string): string {
  return `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${name}`;
}

export async function exists(moto: Moto, repositoryName: string): Promise<boolean> {
  const error = await moto.errorOf('ecr', 'DescribeRepositories', { repositoryNames: [repositoryName] });
  if (error !== undefined && error !== 'RepositoryNotFoundException') throw new Error(`whether ${repositoryName} exists cannot be told: ${error}`);
  return error === undefined;
}

/** Reads a repository back, as the administrator. */
export async function readRepository(moto: Moto, repositoryName: string): Promise<RepositoryState> {
  const { repositories: [repository] } = await moto.call('ecr', 'DescribeRepositories', { repositoryNames: [repositoryName] }) as { repositories: JsonObject[] };
  const { tags } = await moto.call('ecr', 'ListTagsForResource', { resourceArn: repository.repositoryArn });
  const { encryptionConfiguration, imageScanningConfiguration, imageTagMutability, imageTagMutabilityExclusionFilters } = repository;
  return {
    encryptionConfiguration,
    imageScanningConfiguration,
    imageTagMutability,
    imageTagMutabilityExclusionFilters,
    lifecyclePolicy: await policyOf(moto, 'GetLifecyclePolicy', 'lifecyclePolicyText', repositoryName),
    repositoryPolicy: await policyOf(moto, 'GetRepositoryPolicy', 'policyText', repositoryName),
    tags: Object.fromEntries(listOf(tags).map(objectOf).map(({ Key, Value }) => [String(Key), String(Value)])),
  };
}

async function policyOf(moto: Moto, operation: string, field: string, repositoryName: string): Promise<unknown> {
  try {
    return JSON.parse(String((await moto.call('ecr', operation, { repositoryName }))[field]));
  } catch (error) {
    if (error instanceof ServiceError && error.code.endsWith('PolicyNotFoundException')) return undefined;
    throw error;
  }
}

/**
 * What the CDK's own `ecr.Repository` of the same settings is in moto, created by its CloudFormation.
 *
 * moto's CloudFormation leaves out policies, and has encryption and scanning by names that its ECR does not know: these are as it resolves
 * them in an output.
 */
export async function readReference(moto: Moto, deployments: Deployments, name: string): Promise<RepositoryState> {
  const created = await readRepository(moto, referenceName(name));
  const properties = JSON.parse(deployments.output('References', outputOf(name))) as JsonObject;
  const { encryptionConfiguration, imageScanningConfiguration, lifecyclePolicy, repositoryPolicyText } = properties;
  const { lifecyclePolicyText } = objectOf(lifecyclePolicy);
  return {
    ...created,
    // Without one, ECR encrypts with AES-256.
    encryptionConfiguration: encryptionConfiguration ?? { encryptionType: 'AES256' },
    imageScanningConfiguration,
    lifecyclePolicy: lifecyclePolicyText === undefined ? undefined : JSON.parse(String(lifecyclePolicyText)),
    repositoryPolicy: repositoryPolicyText,
  };
}
