import {
  CreateRepositoryCommand,
  type ECRClient,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  ListTagsForResourceCommand,
  PutLifecyclePolicyCommand,
  SetRepositoryPolicyCommand,
  type Tag,
} from '@aws-sdk/client-ecr';
import type { CreationSettings, PolicyDocument } from './configuration';
import { OWNER_TAG_KEY } from './reserved-tags';

export interface Creation {
  /** When, by ECR's clock. */
  readonly createdAt?: Date;
}

/**
 * Creates the repository, without its policies.
 *
 * @returns undefined if it existed: the layers of one push fail together, so several events ask for the same name.
 */
export async function createRepository(
  client: ECRClient, repositoryName: string, settings: CreationSettings, moreTags: Tag[] = [],
): Promise<Creation | undefined> {
  const tags = [...settings.repository.tags ?? [], ...moreTags];
  try {
    const { repository } = await client.send(new CreateRepositoryCommand({ ...settings.repository, repositoryName, tags }));
    return { createdAt: repository?.createdAt };
  } catch (error) {
    if (isException(error, 'RepositoryAlreadyExistsException')) return undefined;
    throw error;
  }
}

/** Puts the policies of a repository that was created a moment ago. */
export async function putPolicies(client: ECRClient, repositoryName: string, settings: CreationSettings): Promise<void> {
  for (const policy of policiesOf(client, repositoryName, settings)) await policy.put();
}

/**
 * Puts what an earlier attempt may have left out of a repository that carries our owner tag.
 *
 * What is there stays as it is, and repositories of others are not touched.
 * @returns what was put
 */
export async function completeOwnRepository(
  client: ECRClient, repositoryArn: string, repositoryName: string, owner: string, settings: CreationSettings,
): Promise<string[]> {
  const policies = policiesOf(client, repositoryName, settings);
  if (policies.length === 0) return [];

  const { tags } = await client.send(new ListTagsForResourceCommand({ resourceArn: repositoryArn }));
  if (!tags?.some(tag => tag.Key === OWNER_TAG_KEY && tag.Value === owner)) return [];

  const completed: string[] = [];
  for (const policy of policies) {
    if (await policy.exists()) continue;
    await policy.put();
    completed.push(policy.name);
  }
  return completed;
}

interface RepositoryPart {
  readonly name: string;
  exists(): Promise<boolean>;
  put(): Promise<unknown>;
}

function policiesOf(client: ECRClient, repositoryName: string, settings: CreationSettings): RepositoryPart[] {
  const { lifecyclePolicy, repositoryPolicy } = settings;
  const parts: RepositoryPart[] = [];
  if (lifecyclePolicy !== undefined) {
    parts.push({
      name: 'lifecyclePolicy',
      exists: () => exists(client.send(new GetLifecyclePolicyCommand({ repositoryName })), 'LifecyclePolicyNotFoundException'),
      put: () => client.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: textOf(lifecyclePolicy) })),
    });
  }
  if (repositoryPolicy !== undefined) {
    parts.push({
      name: 'repositoryPolicy',
      exists: () => exists(client.send(new GetRepositoryPolicyCommand({ repositoryName })), 'RepositoryPolicyNotFoundException'),
      put: () => client.send(new SetRepositoryPolicyCommand({ repositoryName, policyText: textOf(repositoryPolicy) })),
    });
  }
  return parts;
}

async function exists(lookup: Promise<unknown>, notFound: string): Promise<boolean> {
  try {
    await lookup;
    return true;
  } catch (error) {
    if (isException(error, notFound)) return false;
    throw error;
  }
}

function textOf(policy: PolicyDocument): string {
  return typeof policy === 'string' ? policy : JSON.stringify(policy);
}

function isException(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
