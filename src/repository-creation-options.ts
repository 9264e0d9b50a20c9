import type { RepositorySettings } from './repository-settings';

/**
 * Settings for the repositories whose names start with a prefix.
 */
export interface RepositoryOverride {
  /**
   * The beginning of the names that get the settings.
   *
   * Compared character by character, as in `allowedPrefixes`. Of several overrides that match, only the one with the longest prefix applies.
   * One that can apply to no name that is created, and two with the same prefix, are errors.
   */
  readonly prefix: string;

  /**
   * What these repositories get instead of the defaults.
   *
   * What is not set here stays as in `repositoryDefaults`. Tags are merged by key. An empty list or an empty repository policy removes
   * the default. `encryption` and `encryptionKey`, `imageTagMutability` and its exclusion filters, and `lifecycleRules` and
   * `lifecyclePolicyText` are replaced together.
   */
  readonly settings: RepositorySettings;
}

/**
 * Which repositories may be created, and what they get.
 */
export interface RepositoryCreationOptions {
  /**
   * Only repositories whose names start with one of these are created.
   *
   * A prefix is compared character by character: `team-a` allows `team-a/api` and `team-ab` too, `team-a/` only the former.
   * It must be able to begin a repository name. An empty list and duplicates are errors.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
   * @default - every name
   */
  readonly allowedPrefixes?: string[];

  /**
   * What every created repository gets.
   *
   * Repositories that exist are not changed by it.
   *
   * @default - scan on push, and ECR's own defaults
   */
  readonly repositoryDefaults?: RepositorySettings;

  /**
   * Other settings for some names, laid over the defaults.
   *
   * @default - the defaults for every name
   */
  readonly repositoryOverrides?: RepositoryOverride[];
}
