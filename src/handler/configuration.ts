import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateRepositoryCommandInput } from '@aws-sdk/client-ecr';

/** What the construct tells the handler: the policy, ready to be used. */
export interface HandlerConfiguration {
  /** `arn:<partition>:ecr:<region>:<account>:repository/`: the only registry in which repositories are created. */
  readonly repositoryArnPrefix: string;

  /** The value of the owner tag. */
  readonly owner: string;

  /** Repositories are created only under these; without the list, under every name. */
  readonly allowedPrefixes?: string[];
  readonly deniedPrefixes?: string[];

  /** ARN patterns of those whose pushes create; without the list, everyone's do. */
  readonly allowedPrincipals?: string[];

  /** The tag that names who caused the repository. */
  readonly creatorTagKey?: string;

  /** What a created repository gets, if no override has a prefix of its name. */
  readonly settings: CreationSettings;
  readonly overrides?: Override<CreationSettings>[];
}

export interface Override<Settings> {
  readonly prefix: string;
  readonly settings: Settings;
}

/** The configuration, its settings not read before they are needed. */
export interface LoadedConfiguration extends Omit<HandlerConfiguration, 'settings' | 'overrides'> {
  readonly settings: () => CreationSettings;
  readonly overrides: Override<() => CreationSettings>[];
}

/** What a created repository gets, as the ECR API takes it. */
export interface CreationSettings {
  readonly repository: Omit<CreateRepositoryCommandInput, 'repositoryName'>;

  /** The policy, or its text where that is known only at deployment. */
  readonly lifecyclePolicy?: PolicyDocument;
  readonly repositoryPolicy?: PolicyDocument;
}

export type PolicyDocument = string | Record<string, unknown>;

/** The environment variables through which the construct and the handler speak. */
export const ENVIRONMENT = {
  /** The configuration as JSON. */
  CONFIGURATION: 'ECR_AUTO_CREATE_CONFIGURATION',
  /** Where the configuration is in files: the values in it that are known only at deployment, as a JSON array of strings. */
  VALUES: 'ECR_AUTO_CREATE_VALUES',
} as const;

/** The file beside the handler that holds the configuration where the environment is too small for it. */
export const CONFIGURATION_FILE = 'configuration.json';

/**
 * Stands in a file for the deploy-time value of that index.
 *
 * The delimiters are private-use characters: nothing that ECR accepts in a name, tag or policy can hold them.
 */
export function placeholder(index: number): string {
  return `\uE000${index}\uE001`;
}

const PLACEHOLDER = /\uE000(\d+)\uE001/g;

/** The text with the value of each index instead of its placeholder. */
export function replacePlaceholders(text: string, valueOf: (index: number) => string): string {
  return text.replace(PLACEHOLDER, (_placeholder, index) => valueOf(Number(index)));
}

export function loadConfiguration(environment: NodeJS.ProcessEnv, directory: string): LoadedConfiguration {
  const values: string[] = JSON.parse(environment[ENVIRONMENT.VALUES] ?? '[]');
  const readFile = (file: string) => JSON.parse(readFileSync(join(directory, file), 'utf8'), (_key: string, value: unknown) =>
    typeof value === 'string' ? replacePlaceholders(value, index => values[index]) : value);
  // In files, settings are the name of theirs.
  const read = (settings: CreationSettings | string) => () => typeof settings === 'string' ? readFile(settings) : settings;

  const inline = environment[ENVIRONMENT.CONFIGURATION];
  const { settings, overrides = [], ...rules } = inline === undefined ? readFile(CONFIGURATION_FILE) : JSON.parse(inline);
  return {
    ...rules,
    settings: read(settings),
    overrides: overrides.map((override: Override<CreationSettings | string>) => ({ ...override, settings: read(override.settings) })),
  };
}
