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
    checkKey(`a key of ${prop}`, key);
    checkText(`${prop}['${key}']`, value, 0, MAX_VALUE_LENGTH);
    checkNotReserved(`${prop}['${key}']`, value);
  }
}

function checkKey(what: string, key: string): void {
  if (RESERVED_KEYS.includes(key)) {
    throw new Error(`${what} must not be one of the reserved keys ${RESERVED_KEYS.join(' and ')}, got '${key}'`);
  }
  checkText(what, key, 1, MAX_KEY_LENGTH);
  checkNotReserved(what, key);
}

function checkNotReserved(what: string, text: string): void {
  if (/^aws:/i.test(text)) throw new Error(`${what} must not begin with 'aws:', which AWS reserves, got '${text}'`);
}

function checkText(what: string, text: string, min: number, max: number): void {
  if (Token.isUnresolved(text)) return;
  if (text.length < min || text.length > max || !CHARACTERS.test(text)) {
    throw new Error(`${what} must be ${min} to ${max} letters, digits, spaces or any of _.:/=+-@, got '${text}'`);
  }
}

/** Throws unless the creator's tag fits beside all others. */
export function checkCreatorTagKey(key: string | undefined, tagsOf: { [prop: string]: { [key: string]: string } | undefined }): void {
  if (key === undefined) return;
  const prop = 'creatorTagKey';
  checkKey(prop, key);
  for (const [tagsProp, tags = {}] of Object.entries(tagsOf)) {
    if (key in tags) throw new Error(`${prop} must differ from every other tag key, got '${key}', which ${tagsProp} has too`);
    if (Object.keys(tags).length + RESERVED_KEYS.length >= MAX_TAGS) {
      throw new Error(`${prop} must be the ${MAX_TAGS}th tag at most, got ${Object.keys(tags).length} in ${tagsProp} and ${RESERVED_KEYS.length} reserved ones`);
    }
  }
}

/** All tags of a created repository: the reserved ones first, the others by key, because maps of other languages have no order. */
export function allTags(owner: string, tags: { [key: string]: string } = {}): { Key: string; Value: string }[] {
  const reserved = Object.entries({ [CREATED_BY_TAG.key]: CREATED_BY_TAG.value, [OWNER_TAG_KEY]: owner });
  const others = Object.entries(tags).sort(([left], [right]) => left < right ? -1 : 1);
  return [...reserved, ...others].map(([Key, Value]) => ({ Key, Value }));
}
