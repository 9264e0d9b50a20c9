import type { Policy } from './contract';
import { describeRepository, type Fault, ModelledEcr } from './modelled-ecr';
import { isNameOfEcr } from './name-grammar';

/** What was there before. */
export const EXISTING = ['nothing', 'untagged', 'other owner', 'own, bare', 'own, with a lifecycle policy of its user', 'own, complete'] as const;
export type Existing = typeof EXISTING[number];

/** How ECR is when the event comes. */
export interface World {
  readonly existing: Existing;
  readonly fault?: Fault;
  /** Whether what failed is tried again by the process that failed. */
  readonly isRetriedBySame: boolean;
}

const PERSON = 'arn:aws:iam::123456789012:user/somebody';
const OWNER_TAG = 'cdk-ecr-auto-create:owner';

export const THEIR_LIFECYCLE_POLICY = JSON.stringify({
  rules: [{ rulePriority: 7, description: 'not ours', selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 777 }, action: { type: 'expire' } }],
});
export const THEIR_REPOSITORY_POLICY = JSON.stringify({
  Version: '2012-10-17', Statement: [{ Sid: 'NotOurs', Effect: 'Deny', Principal: '*', Action: 'ecr:DeleteRepository' }],
});

/** ECR with one repository of somebody, and another of that name where it can have the name. */
export function buildWorld(policy: Policy, name: string | undefined, { existing, fault }: Pick<World, 'existing' | 'fault'>): ModelledEcr {
  const model = new ModelledEcr(policy, fault);
  const { ecr } = model;
  const create = (repositoryName: string, owner?: string) => ecr.call('CreateRepository', {
    repositoryName, tags: owner === undefined ? [] : [{ Key: OWNER_TAG, Value: owner }],
  }, PERSON);
  create('zz/bystander');
  if (existing === 'nothing' || name === undefined || !isNameOfEcr(name) || ecr.repositories.has(name)) return model;
  create(name, existing === 'untagged' ? undefined : existing === 'other owner' ? `${policy.owner}2` : policy.owner);
  if (existing.includes('lifecycle') || existing === 'own, complete') {
    ecr.call('PutLifecyclePolicy', { repositoryName: name, lifecyclePolicyText: THEIR_LIFECYCLE_POLICY }, PERSON);
  }
  if (existing === 'own, complete') ecr.call('SetRepositoryPolicy', { repositoryName: name, policyText: THEIR_REPOSITORY_POLICY }, PERSON);
  return model;
}

export type Snapshot = ReadonlyMap<string, string>;

/** All repositories as they are. */
export function snapshot({ ecr }: ModelledEcr): Snapshot {
  return new Map([...ecr.repositories].map(([name, repository]) => [name, JSON.stringify(describeRepository(repository))]));
}

export function isOwn(model: ModelledEcr, name: string, policy: Policy): boolean {
  return model.ecr.repositories.get(name)?.tags[OWNER_TAG] === policy.owner;
}
