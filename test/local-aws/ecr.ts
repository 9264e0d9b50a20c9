import type { EncryptionConfiguration, ImageTagMutability, ImageTagMutabilityExclusionFilter } from '@aws-sdk/client-ecr';
import { EcrError, invalidParameter } from './ecr-error';
import {
  checkRepositoryName, flag, MAX_TAGS, optionalList, optionalObject, optionalString, readEncryption, readMutability, readTags, requiredString,
  serializationError, tooManyTags,
} from './ecr-parameters';
import { checkLifecyclePolicy, checkRepositoryPolicy } from './ecr-policies';
import { isObject, JsonObject } from './json';

export { EcrError } from './ecr-error';

/** Where a registry lives. */
export interface EcrEnvironment {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** A manifest, byte for byte as it was pushed. */
export interface StoredManifest {
  readonly mediaType: string;
  readonly body: Buffer;
}

/** A repository with its settings and what was pushed to it. */
export interface EcrRepository {
  readonly name: string;
  readonly arn: string;
  readonly registryId: string;
  readonly createdAt: Date;
  /** The ARN of the caller that created it. */
  readonly createdBy: string;
  imageTagMutability: ImageTagMutability;
  imageTagMutabilityExclusionFilters?: ImageTagMutabilityExclusionFilter[];
  scanOnPush: boolean;
  encryptionConfiguration: EncryptionConfiguration;
  tags: Record<string, string>;
  lifecyclePolicyText?: string;
  repositoryPolicyText?: string;
  /** Layers and configurations, by digest. */
  readonly blobs: Map<string, Buffer>;
  readonly manifests: Map<string, StoredManifest>;
  /** The digest that each tag names. */
  readonly imageTags: Map<string, string>;
}

/** One call of the API, as the log keeps it; `error` is the exception's name. */
export interface EcrCall {
  readonly action: string;
  readonly input: unknown;
  readonly caller: string;
  readonly error?: string;
}

type Action = (input: JsonObject, caller: string) => unknown;

/**
 * One account's ECR in one Region, in memory.
 *
 * It takes and returns what goes over the wire: the JSON shapes of the API, times as seconds.
 */
export class Ecr {
  readonly repositories = new Map<string, EcrRepository>();
  /** Every call, in order, failed ones included. */
  readonly calls: EcrCall[] = [];

  private readonly actions = new Map<string, Action>([
    ['CreateRepository', (input, caller) => this.createRepository(input, caller)],
    ['DescribeRepositories', (input) => this.describeRepositories(input)],
    ['ListTagsForResource', (input) => ({ tags: toTagList(this.repositoryByArn(input).tags) })],
    ['TagResource', (input) => this.tagResource(input)],
    ['PutLifecyclePolicy', (input) => this.putLifecyclePolicy(input)],
    ['GetLifecyclePolicy', (input) => this.getLifecyclePolicy(input)],
    ['SetRepositoryPolicy', (input) => this.setRepositoryPolicy(input)],
    ['GetRepositoryPolicy', (input) => this.getRepositoryPolicy(input)],
    ['DeleteRepository', (input) => this.deleteRepository(input)],
  ]);

  constructor(readonly env: EcrEnvironment) {}

  /** Performs an action for a caller (an ARN), or throws an {@link EcrError}. */
  call(action: string, input: unknown, caller: string): unknown {
    try {
      const perform = this.actions.get(action);
      if (perform === undefined) throw new EcrError('UnknownOperationException', `Unknown operation ${action}`);
      if (!isObject(input)) throw serializationError('input', 'structure');
      const output = perform(input, caller);
      this.calls.push({ action, input, caller });
      return output;
    } catch (error) {
      this.calls.push({ action, input, caller, error: error instanceof Error ? error.name : String(error) });
      throw error;
    }
  }

  /** The ARN of a repository, whether it exists or not. */
  repositoryArn(name: string, registryId = this.env.account): string {
    return `arn:${this.env.partition}:ecr:${this.env.region}:${registryId}:repository/${name}`;
  }

  private createRepository(input: JsonObject, caller: string): unknown {
    const name = requiredString(input, 'repositoryName');
    checkRepositoryName(name);
    const registryId = optionalString(input, 'registryId') ?? this.env.account;
    if (registryId !== this.env.account) throw invalidParameter('registryId', `must be the caller's registry, got ${registryId}`);
    const scanning = optionalObject(input, 'imageScanningConfiguration') ?? {};
    const repository: EcrRepository = {
      name,
      arn: this.repositoryArn(name),
      registryId,
      createdAt: new Date(),
      createdBy: caller,
      ...readMutability(input),
      scanOnPush: flag(scanning, 'scanOnPush'),
      encryptionConfiguration: readEncryption(input),
      tags: readTags(input),
      blobs: new Map(),
      manifests: new Map(),
      imageTags: new Map(),
    };
    if (this.repositories.has(name)) {
      throw new EcrError('RepositoryAlreadyExistsException', `The repository with name '${name}' already exists in the registry with id '${registryId}'`);
    }
    this.repositories.set(name, repository);
    return { repository: this.describe(repository) };
  }

  private describeRepositories(input: JsonObject): unknown {
    const names = optionalList(input, 'repositoryNames');
    const found = names === undefined
      ? [...this.repositories.values()]
      : names.map((repositoryName) => this.repository({ registryId: input.registryId, repositoryName }));
    return { repositories: found.map((repository) => this.describe(repository)) };
  }

  private tagResource(input: JsonObject): unknown {
    const repository = this.repositoryByArn(input);
    const tags = { ...repository.tags, ...readTags(input) };
    if (Object.keys(tags).length > MAX_TAGS) throw tooManyTags();
    repository.tags = tags;
    return {};
  }

  private putLifecyclePolicy(input: JsonObject): unknown {
    const lifecyclePolicyText = requiredString(input, 'lifecyclePolicyText');
    checkLifecyclePolicy(lifecyclePolicyText);
    const repository = this.repository(input);
    repository.lifecyclePolicyText = lifecyclePolicyText;
    return { ...identify(repository), lifecyclePolicyText };
  }

  private getLifecyclePolicy(input: JsonObject): unknown {
    const repository = this.repository(input);
    if (repository.lifecyclePolicyText === undefined) throw missingPolicy('Lifecycle', 'LifecyclePolicyNotFoundException', repository);
    return { ...identify(repository), lifecyclePolicyText: repository.lifecyclePolicyText };
  }

  private setRepositoryPolicy(input: JsonObject): unknown {
    const policyText = requiredString(input, 'policyText');
    checkRepositoryPolicy(policyText);
    const repository = this.repository(input);
    repository.repositoryPolicyText = policyText;
    return { ...identify(repository), policyText };
  }

  private getRepositoryPolicy(input: JsonObject): unknown {
    const repository = this.repository(input);
    if (repository.repositoryPolicyText === undefined) throw missingPolicy('Repository', 'RepositoryPolicyNotFoundException', repository);
    return { ...identify(repository), policyText: repository.repositoryPolicyText };
  }

  private deleteRepository(input: JsonObject): unknown {
    const repository = this.repository(input);
    if (repository.manifests.size > 0 && !flag(input, 'force')) {
      throw new EcrError(
        'RepositoryNotEmptyException',
        `The repository with name '${repository.name}' in registry with id '${repository.registryId}' cannot be deleted because it still contains images`,
      );
    }
    this.repositories.delete(repository.name);
    return { repository: this.describe(repository) };
  }

  private repository(input: JsonObject): EcrRepository {
    const name = requiredString(input, 'repositoryName');
    checkRepositoryName(name);
    return this.find(name, optionalString(input, 'registryId') ?? this.env.account);
  }

  private repositoryByArn(input: JsonObject): EcrRepository {
    const arn = requiredString(input, 'resourceArn');
    const name = arn.startsWith(this.repositoryArn('')) ? arn.slice(this.repositoryArn('').length) : undefined;
    if (name === undefined) throw invalidParameter('resourceArn', 'Invalid ARN');
    return this.find(name, this.env.account);
  }

  private find(name: string, registryId: string): EcrRepository {
    const repository = registryId === this.env.account ? this.repositories.get(name) : undefined;
    if (repository === undefined) throw repositoryNotFound(name, registryId);
    return repository;
  }

  private describe(repository: EcrRepository): unknown {
    const { account, partition, region } = this.env;
    const { name, imageTagMutability, imageTagMutabilityExclusionFilters, encryptionConfiguration } = repository;
    return {
      ...identify(repository),
      repositoryArn: repository.arn,
      repositoryUri: `${account}.dkr.ecr.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}/${name}`,
      createdAt: repository.createdAt.getTime() / 1000,
      imageTagMutability,
      imageTagMutabilityExclusionFilters,
      imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
      encryptionConfiguration,
    };
  }
}

/** What ECR says, in its API and to push clients, about a repository that is not there. */
export function repositoryNotFound(name: string, registryId: string): EcrError {
  return new EcrError('RepositoryNotFoundException', `The repository with name '${name}' does not exist in the registry with id '${registryId}'`);
}

function missingPolicy(kind: string, error: string, { name, registryId }: EcrRepository): EcrError {
  return new EcrError(error, `${kind} policy does not exist for the repository with name '${name}' in the registry with id '${registryId}'`);
}

function identify(repository: EcrRepository): { registryId: string; repositoryName: string } {
  return { registryId: repository.registryId, repositoryName: repository.name };
}

function toTagList(tags: Record<string, string>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
