import { isDeepStrictEqual } from 'node:util';
import type { Judgement, Policy } from './contract';
import { demand, show } from './disagreement';

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Letters, digits, spaces and a few signs: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html#tag-restrictions */
const ALLOWED = /^[\p{L}\p{N}\p{Z}+\-=._:/@]*$/u;

/** A repository is asked for with its settings' tags and the creator's, all of which ECR documents that it takes. */
export function checkTags(given: unknown, { principal, settings }: Judgement, { creatorTagKey }: Policy): void {
  const tags = given as Tag[];
  const configured = (settings?.repository.tags ?? []) as Tag[];
  demand('tags', isDeepStrictEqual(tags.slice(0, configured.length), configured), () => `the settings' tags are not first: ${show(tags)}`);
  const [creator, ...more] = tags.slice(configured.length);
  demand('tags', more.length === 0, () => `there are tags of nobody: ${show(more)}`);

  demand('tags', tags.length <= 50 && new Set(tags.map(({ Key }) => Key)).size === tags.length, () => `too many tags, or one key twice: ${show(tags)}`);
  for (const { Key, Value } of tags) {
    demand('tags', isTaken(Key, 1, 128) && isTaken(Value, 0, 256), () => `ECR documents that it does not take ${show(Key)} = ${show(Value)}`);
  }
  checkCreator(creator, principal, creatorTagKey);
}

function checkCreator(tag: Tag | undefined, principal: string | undefined, key: string | undefined): void {
  const isFitting = principal?.trim() === principal && isTaken(principal ?? '', 1, 256);
  if (tag === undefined) {
    demand('tags', !(key !== undefined && isFitting), () => `the creator ${show(principal)} is not named`);
    return;
  }
  demand('tags', key !== undefined && tag.Key === key, () => `a creator is named by ${show(tag)}, and the key is ${show(key)}`);
  demand('tags', tag.Value !== '' && principal !== undefined && isReduced(tag.Value, principal), () => `${show(tag.Value)} is named, and it was ${show(principal)}`);
  demand('tags', !isFitting || tag.Value === principal, () => `${show(tag.Value)} is named, and ${show(principal)} could be`);
}

function isTaken(text: string, minimum: number, maximum: number): boolean {
  return text.length >= minimum && text.length <= maximum && ALLOWED.test(text) && !text.toLowerCase().startsWith('aws:');
}

/** Whether characters were left out, and nothing else. */
function isReduced(value: string, original: string): boolean {
  let at = 0;
  for (const character of value) {
    at = original.indexOf(character, at);
    if (at < 0) return false;
    at += character.length;
  }
  return true;
}
