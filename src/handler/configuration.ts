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

  /** What every created repository gets. */
  readonly settings: CreationSettings;
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
  /** Where the configuration is too large for the environment: its deploy-time values, as a JSON array of strings. */
  VALUES: 'ECR_AUTO_CREATE_VALUES',
} as const;

/** The file beside the handler that holds the configuration where the environment is too small for it. */
export const CONFIGURATION_FILE = 'configuration.json';

/**
 * Stands in the file for the deploy-time value of that index.
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

export function loadConfiguration(environment: NodeJS.ProcessEnv, directory: string): HandlerConfiguration {
  const inline = environment[ENVIRONMENT.CONFIGURATION];
  if (inline !== undefined) return JSON.parse(inline);

  const values: string[] = JSON.parse(environment[ENVIRONMENT.VALUES] ?? '[]');
  const fill = (_key: string, value: unknown) =>
    typeof value === 'string' ? replacePlaceholders(value, index => values[index]) : value;
  return JSON.parse(readFileSync(join(directory, CONFIGURATION_FILE), 'utf8'), fill);
}
