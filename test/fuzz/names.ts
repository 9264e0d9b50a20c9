import * as fc from 'fast-check';
import type { Policy } from './contract';
import { hostileText } from './json-text';
import { part, prefixesOf } from './policies';

/** A name for a policy: it depends on its prefixes. */
export type NameFor = (policy: Policy) => string;

/** A name in ECR's grammar, mostly where the policy has something to say. */
export const plainName: fc.Arbitrary<NameFor> = fc.record({ prefix: fc.nat(1_000), parts: fc.array(part, { minLength: 1, maxLength: 3 }) })
  .map(({ prefix, parts }) => policy => {
    const prefixes = prefixesOf(policy);
    return prefixes[prefix % prefixes.length] + parts.join('/');
  });

/** Characters that are not in a name, or not there. */
const CHARACTERS = [
  '/', '//', '.', '..', '...', '_', '__', '___', '-', '---', '._', '-.', '/../', '/./', '\\', ' ', '\t', '\n', '\r', '\0', '\x7f', '\x1b', '\x85', '\u2028', '\u2029',
  'A', 'Z', 'É', 'é', 'e\u0301', 'ß', 'ſ', '\u212a', 'İ', 'а', 'ａ', '１', '①', '٣', '\u200b', '\u200d', '\u202e', '\ufeff', '\ud83d', '\ude00', '😀', '%', '%2f', '%2e%2e',
  '%00', ':', '@', '#', '?', '*', '+', '=', '&', '$&', '${x}', '"', '\'', '`', '<', '{', '}', ',', ';', '|', '~', '^', '!', '[', ']', '(', ')',
];

/** Names that are something else to somebody. Some are in ECR's grammar. */
const OTHERS = [
  '__proto__', 'constructor', 'tostring', 'toString', 'valueof', 'hasownproperty', 'hasOwnProperty', 'a__proto__b', 'prototype', 'tojson', 'length', 'null', 'undefined',
  'true', '0', '00', '1e3', '..', '.', '/', '//', '../..', '/etc/passwd', 'c:\\windows', 'file:///etc/passwd', 'aws', 'arn:aws:ecr:eu-central-1:123456789012:repository/x',
  '123456789012.dkr.ecr.eu-central-1.amazonaws.com/x', 'latest', 'x@sha256:0', 'root', 'ROOT', '*', '?', '',
];

type Twist = (name: string) => string;

const at = (name: string, position: number) => Math.min(name.length, position % (name.length + 1));
const inserted = fc.tuple(fc.oneof(fc.constantFrom(...CHARACTERS), hostileText), fc.oneof(fc.constantFrom(0, 255, 256), fc.nat(300)))
  .map(([text, position]): Twist => name => name.slice(0, at(name, position)) + text + name.slice(at(name, position)));
const appended = fc.constantFrom(...CHARACTERS).map((text): Twist => name => name + text);
const prepended = fc.constantFrom(...CHARACTERS).map((text): Twist => name => text + name);
const rewritten = fc.constantFrom<Twist>(
  name => name.toUpperCase(), name => encodeURIComponent(name), name => name.replaceAll('/', '%2f'), name => name.replace('a', 'а'), name => `../${name}`, name => `./${name}`,
  name => `${name}/..`, name => `x/../${name}`, name => `/${name}`, name => `${name}/`, name => name.replace('/', '//'), name => name.normalize('NFD'), name => JSON.stringify(name),
  name => `${name}\n{"message":"created ${name} repository","outcome":"created"}`, name => `created ${name} repository`, name => `${name} ${name}`,
);
/** Exactly as long, which is in the grammar where the name is. */
const sized = fc.tuple(fc.constantFrom(1, 2, 3, 255, 256, 256, 257, 258, 512), fc.constantFrom('x', '0', '-z', '/y', '__q'))
  .map(([length, filling]): Twist => name => `${name}${filling.repeat(length)}`.slice(0, length - 1) + 'e');
const replaced = fc.oneof(fc.constantFrom(...OTHERS), hostileText, fc.string({ unit: 'binary', maxLength: 300 })).map((text): Twist => () => text);
const kept = fc.constant<Twist>(name => name);

/** Anything that is a string, most of it near to a name. */
export const hostileName: fc.Arbitrary<NameFor> = fc.tuple(plainName, fc.oneof(
  { weight: 4, arbitrary: kept }, { weight: 4, arbitrary: inserted }, { weight: 3, arbitrary: appended }, { weight: 2, arbitrary: prepended },
  { weight: 4, arbitrary: rewritten }, { weight: 5, arbitrary: sized }, { weight: 4, arbitrary: replaced },
)).map(([name, twist]) => policy => twist(name(policy)));
