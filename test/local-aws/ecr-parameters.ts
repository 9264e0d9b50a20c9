import type {
  EncryptionConfiguration, EncryptionType, ImageTagMutability, ImageTagMutabilityExclusionFilter,
} from '@aws-sdk/client-ecr';
import { EcrError, invalidParameter } from './ecr-error';
import { isObject, JsonObject } from './json';

/** How a repository treats a tag that is pushed again. */
export interface TagMutability {
  readonly imageTagMutability: ImageTagMutability;
  readonly imageTagMutabilityExclusionFilters?: ImageTagMutabilityExclusionFilter[];
}

/** The most tags that a repository can carry. */
export const MAX_TAGS = 50;

const NAME_PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const NAME_PATTERN = `${NAME_PART}(?:/${NAME_PART})*`;
const NAME = new RegExp(`^${NAME_PATTERN}$`);
const TAG_CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const MUTABILITIES: readonly ImageTagMutability[] = ['MUTABLE', 'IMMUTABLE', 'MUTABLE_WITH_EXCLUSION', 'IMMUTABLE_WITH_EXCLUSION'];
const ENCRYPTION_TYPES: readonly EncryptionType[] = ['AES256', 'KMS', 'KMS_DSSE'];

/** Reads a string; null and absent are the same, as in AWS's JSON protocol. */
export function optionalString(input: JsonObject, key: string): string | undefined {
  return optional(input, key, 'string', (value): value is string => typeof value === 'string');
}

/** Reads a string that has to be there. */
export function requiredString(input: JsonObject, key: string): string {
  const value = optionalString(input, key);
  if (value === undefined) throw invalidParameter(key, 'must not be null');
  return value;
}

/** Reads a truth value; absent is false. */
export function flag(input: JsonObject, key: string): boolean {
  return optional(input, key, 'boolean', (value): value is boolean => typeof value === 'boolean') ?? false;
}

/** Reads a structure. */
export function optionalObject(input: JsonObject, key: string): JsonObject | undefined {
  return optional(input, key, 'structure', isObject);
}

/** Reads a list. */
export function optionalList(input: JsonObject, key: string): unknown[] | undefined {
  return optional(input, key, 'list', (value): value is unknown[] => Array.isArray(value));
}

/** Refuses a name that is not in ECR's grammar or not of its length. */
export function checkRepositoryName(name: string): void {
  checkLength('repositoryName', name, 2, 256);
  if (!NAME.test(name)) throw invalidParameter('repositoryName', `must satisfy regular expression '${NAME_PATTERN}'`);
}

/** Refuses a text that is too short or too long. */
export function checkLength(parameter: string, text: string, minimum: number, maximum: number): void {
  if (text.length < minimum) throw invalidParameter(parameter, `Member must have length greater than or equal to ${minimum}`);
  if (text.length > maximum) throw invalidParameter(parameter, `Member must have length less than or equal to ${maximum}`);
}

/** Reads the `tags` parameter. */
export function readTags(input: JsonObject): Record<string, string> {
  const tags = new Map<string, string>();
  for (const tag of optionalList(input, 'tags') ?? []) {
    if (!isObject(tag)) throw serializationError('tags', 'structure');
    const key = requiredString(tag, 'Key');
    const value = requiredString(tag, 'Value');
    checkTag(key, value);
    if (tags.has(key)) throw invalidTag(`Duplicate tag key '${key}'`);
    tags.set(key, value);
  }
  if (tags.size > MAX_TAGS) throw tooManyTags();
  return Object.fromEntries(tags);
}

/** What ECR says when a repository would carry more tags than it can. */
export function tooManyTags(): EcrError {
  return new EcrError('TooManyTagsException', `The list of tags on the repository is over the limit. The maximum number of tags is ${MAX_TAGS}`);
}

/** Reads how tags can be overwritten; the filters belong to the two kinds that have exclusions. */
export function readMutability(input: JsonObject): TagMutability {
  const imageTagMutability = oneOf('imageTagMutability', optionalString(input, 'imageTagMutability') ?? 'MUTABLE', MUTABILITIES);
  const filters = optionalList(input, 'imageTagMutabilityExclusionFilters');
  if (!imageTagMutability.endsWith('_WITH_EXCLUSION')) {
    if (filters !== undefined) throw invalidParameter('imageTagMutabilityExclusionFilters', `must be empty when imageTagMutability is ${imageTagMutability}`);
    return { imageTagMutability };
  }
  if (filters === undefined || filters.length < 1 || filters.length > 5) {
    throw invalidParameter('imageTagMutabilityExclusionFilters', 'Member must have between 1 and 5 items');
  }
  return { imageTagMutability, imageTagMutabilityExclusionFilters: filters.map(readExclusionFilter) };
}

/** Reads how the repository is encrypted. */
export function readEncryption(input: JsonObject): EncryptionConfiguration {
  const given = optionalObject(input, 'encryptionConfiguration');
  if (given === undefined) return { encryptionType: 'AES256' };
  const encryptionType = oneOf('encryptionType', requiredString(given, 'encryptionType'), ENCRYPTION_TYPES);
  const kmsKey = optionalString(given, 'kmsKey');
  if (kmsKey === undefined) return { encryptionType };
  checkLength('kmsKey', kmsKey, 1, 2048);
  if (encryptionType === 'AES256') throw invalidParameter('kmsKey', 'must be empty when encryptionType is AES256');
  return { encryptionType, kmsKey };
}

/** What AWS answers when the JSON of a call is not what the operation's model says. */
export function serializationError(parameter: string, expected: string): EcrError {
  return new EcrError('SerializationException', `Unexpected value for '${parameter}': expected a ${expected}`);
}

function optional<T>(input: JsonObject, key: string, expected: string, is: (value: unknown) => value is T): T | undefined {
  const value = input[key] ?? undefined;
  if (value !== undefined && !is(value)) throw serializationError(key, expected);
  return value;
}

function oneOf<T extends string>(parameter: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw invalidParameter(parameter, `Member must satisfy enum value set: [${allowed.join(', ')}]`);
  return found;
}

function readExclusionFilter(given: unknown): ImageTagMutabilityExclusionFilter {
  if (!isObject(given)) throw serializationError('imageTagMutabilityExclusionFilters', 'structure');
  const filter = requiredString(given, 'filter');
  if (!/^[0-9a-zA-Z._*-]{1,128}$/.test(filter)) throw invalidParameter('filter', 'must satisfy regular expression \'^[0-9a-zA-Z._*-]{1,128}$\'');
  return { filterType: oneOf('filterType', requiredString(given, 'filterType'), ['WILDCARD'] as const), filter };
}

function checkTag(key: string, value: string): void {
  if (key.length < 1 || key.length > 128) throw invalidTag(`Tag key must be 1 to 128 characters long, got ${key.length}`);
  if (value.length > 256) throw invalidTag(`Tag value must be at most 256 characters long, got ${value.length}`);
  if (!TAG_CHARACTERS.test(key) || !TAG_CHARACTERS.test(value)) throw invalidTag(`Tag '${key}' contains characters that are not allowed`);
  if (key.toLowerCase().startsWith('aws:')) throw invalidTag('Tag keys starting with \'aws:\' are reserved for system use');
}

function invalidTag(message: string): EcrError {
  return new EcrError('InvalidTagParameterException', message);
}
