import { Token } from 'aws-cdk-lib';
import { CREATED_BY_TAG, OWNER_TAG_KEY } from './handler/reserved-tags';

const RESERVED_KEYS: string[] = [CREATED_BY_TAG.key, OWNER_TAG_KEY];

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html
const MAX_TAGS = 50;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;
const CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Throws unless ECR accepts the tags beside the reserved ones. */
export function checkTags(prop: string, tags: { [key: string]: string } | undefined): void {
  if (tags === undefined) return;
  const max = MAX_TAGS - RESERVED_KEYS.length;
  const count = Object.keys(tags).length;
  if (count > max) {
    throw new Error(`${prop} must have at most ${max} tags (ECR takes ${MAX_TAGS}, and ${RESERVED_KEYS.join(' and ')} are added), got ${count}`);
  }
  for (const [key, value] of Object.entries(tags)) {
    if (RESERVED_KEYS.includes(key)) {
      throw new Error(`${prop} must not use the reserved keys ${RESERVED_KEYS.join(' and ')}, got '${key}'`);
    }
    checkText(`a key of ${prop}`, key, 1, MAX_KEY_LENGTH);
    if (/^aws:/i.test(key)) {
      throw new Error(`a key of ${prop} must not begin with 'aws:', which AWS reserves, got '${key}'`);
    }
    checkText(`${prop}['${key}']`, value, 0, MAX_VALUE_LENGTH);
  }
}

function checkText(what: string, text: string, min: number, max: number): void {
  if (Token.isUnresolved(text)) return;
  if (text.length < min || text.length > max || !CHARACTERS.test(text)) {
    throw new Error(`${what} must be ${min} to ${max} letters, digits, spaces or any of _.:/=+-@, got '${text}'`);
  }
}

/** All tags of a created repository, the reserved ones first. */
export function allTags(owner: string, tags: { [key: string]: string } = {}): { Key: string; Value: string }[] {
  const all = { [CREATED_BY_TAG.key]: CREATED_BY_TAG.value, [OWNER_TAG_KEY]: owner, ...tags };
  return Object.entries(all).map(([Key, Value]) => ({ Key, Value }));
}
