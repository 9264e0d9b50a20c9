import { isDeepStrictEqual } from 'node:util';
import { DEMO_PROPS } from '../local-aws/demo-app';
import type { Ecr, EcrRepository } from '../local-aws/ecr';

const OWNER_TAG = 'cdk-ecr-auto-create:owner';

/** What the props of the demo's construct say, as ECR has it. */
const LIFECYCLE_POLICY = {
  rules: [{
    rulePriority: 1,
    selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 20 },
    action: { type: 'expire' },
  }],
};
const REPOSITORY_POLICY = {
  Version: '2012-10-17',
  Statement: [{
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::210987654321:root' },
    Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  }],
};

/** What a repository lacks of all that the construct was told to give it. */
export function missingSettings(repository: EcrRepository | undefined): string[] {
  if (repository === undefined) return ['it does not exist'];
  const { imageTagMutability, lifecyclePolicyText, repositoryPolicyText, scanOnPush, tags } = repository;
  const { [OWNER_TAG]: owner = '', ...others } = tags;
  const expectations: [string, boolean][] = [
    ['image tag mutability', imageTagMutability === DEMO_PROPS.repositoryDefaults.imageTagMutability],
    ['scan on push', scanOnPush],
    ['tags', isDeepStrictEqual(others, { ...DEMO_PROPS.repositoryDefaults.tags, 'created-by': 'cdk-ecr-auto-create' })],
    ['owner tag', owner !== ''],
    ['lifecycle policy', isDeepStrictEqual(parse(lifecyclePolicyText), LIFECYCLE_POLICY)],
    ['repository policy', isDeepStrictEqual(parse(repositoryPolicyText), REPOSITORY_POLICY)],
  ];
  return expectations.filter(([, isThere]) => !isThere).map(([what]) => `its ${what} is missing or wrong`);
}

/** A repository that carries another owner's tag, and lacks both policies. */
export class SomebodyElses {
  private readonly before: EcrRepository;

  constructor(private readonly ecr: Ecr, readonly name: string) {
    const { account, partition } = ecr.env;
    const tags = [{ Key: OWNER_TAG, Value: 'somebody-else' }, { Key: 'created-by', Value: 'cdk-ecr-auto-create' }];
    ecr.call('CreateRepository', { repositoryName: name, tags }, `arn:${partition}:iam::${account}:user/somebody-else`);
    this.before = structuredClone(this.repository);
  }

  /** What is not as it was. */
  changes(): string[] {
    const repository = this.ecr.repositories.get(this.name);
    if (repository === undefined) return [`somebody else's ${this.name} was deleted`];
    return isDeepStrictEqual(repository, this.before) ? [] : [`somebody else's ${this.name} was changed`];
  }

  private get repository(): EcrRepository {
    const repository = this.ecr.repositories.get(this.name);
    if (repository === undefined) throw new Error(`${this.name} was not created`);
    return repository;
  }
}

function parse(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}
