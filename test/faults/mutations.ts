import type { SourceChange } from '../mutations/source-change';

/** A fault that somebody could make, and what must notice. */
export interface Mutation extends SourceChange {
  readonly fault: string;
  /** A regular expression for the names of checks. */
  readonly notices: string;
}

export const MUTATIONS: readonly Mutation[] = [
  { fault: 'errors are swallowed', notices: '^event / no repository is there / PutLifecyclePolicy / ServerException / for ever', file: 'handle-push-event.ts', find: '    throw error;\n', replace: '' },
  { fault: 'every error of the creation means that the repository is there', notices: '^event / no repository is there / CreateRepository / LimitExceeded', file: 'ecr-repository.ts', find: 'if (isException(error, \'RepositoryAlreadyExistsException\')) return undefined;\n    throw error;', replace: 'return undefined;' },
  { fault: 'nothing is completed', notices: '^event / no repository is there / SetRepositoryPolicy / crash / once', file: 'ecr-repository.ts', find: 'if (policies.length === 0) return [];', replace: 'return [];' },
  { fault: 'only the first policy is completed', notices: '^event / no repository is there / CreateRepository / done, then a crash / once', file: 'ecr-repository.ts', find: 'completed.push(policy.name);', replace: 'completed.push(policy.name); break;' },
  { fault: 'what others own is completed', notices: '^without any fault / somebody else', file: 'ecr-repository.ts', find: 'if (!tags?.some(tag => tag.Key === OWNER_TAG_KEY && tag.Value === owner)) return [];', replace: '' },
  { fault: 'a policy that could not be looked up is taken to be there', notices: '/ GetRepositoryPolicy / ServerException / for ever', file: 'ecr-repository.ts', find: 'if (isException(error, notFound)) return false;\n    throw error;', replace: 'return !isException(error, notFound);' },
  { fault: 'what was created is remembered before it is configured', notices: '^event / no repository is there / PutLifecyclePolicy / ServerException / once', file: 'handle-push-event.ts', find: 'await putPolicies(client, repositoryName, create);\n      if (creation.createdAt !== undefined) recent.add(repositoryName, creation.createdAt);', replace: 'recent.add(repositoryName, new Date(Date.now() + 3_600_000));\n      await putPolicies(client, repositoryName, create);' },
  { fault: 'a failure is not told', notices: '^event / no repository is there / CreateRepository / KmsException / for ever', file: 'handle-push-event.ts', find: 'finish({ outcome: \'failed\', error, created: creation !== undefined }, attempt, delivery);', replace: '' },
  { fault: 'a repository is counted at each attempt', notices: '^event / no repository is there / PutLifecyclePolicy / ServerException / once', file: 'outcome.ts', find: '    case \'completed\':\n      values.TimeToCreate = elapsed;', replace: '    case \'completed\':\n      values.RepositoriesCreated = 1;\n      values.TimeToCreate = elapsed;' },
  { fault: 'a connection that hangs is waited for', notices: '^event / no repository is there / CreateRepository / hung connection / once', file: 'index.ts', find: 'requestTimeout: 6_000', replace: 'requestTimeout: 0' },
  { fault: 'a message that failed is deleted', notices: '^redrive / no repository is there / CreateRepository / InvalidParameter', file: 'redrive.ts', find: '      return false;\n    }\n  }', replace: '      return true;\n    }\n  }' },
  { fault: 'a batch ends with its first failure', notices: '^batch / no repository is there / CreateRepository / InvalidParameter', file: 'redrive.ts', find: '    } catch {\n      // Its log line is written.\n      return false;', replace: '    } catch (error) {\n      throw error;' },
  { fault: 'records of the function are not read', notices: '^undeliverable / no concurrency', file: 'redrive.ts', find: 'return \'requestPayload\' in body ? body.requestPayload : body;', replace: 'return body;' },
];
