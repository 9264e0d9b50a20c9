import * as fc from 'fast-check';
import { isObject, type JsonObject } from '../../local-aws/json';

/** A pattern of any shape that the local matcher claims to know, now and then an invalid one, and events, most of them made for it. */
export interface GeneratedCase {
  readonly pattern: unknown;
  readonly events: readonly JsonObject[];
}

const KEYS = ['a', 'b', 'c', 'd', 'e', 'a.b', 'ä'];
const WORDS = ['x', 'xy', 'y', 'X', 'Xy', '', 'x*y', 'x\\y', 'x"y', 'é', 'É', 'ß', 'SS', 'ss', 'İ', 'ı', 'i', 'Σ', 'σ', 'ς', 'ǆ', 'ǅ', 'ⱥ', 'Ⱥ', '7', 'true', 'null', 'a/b-'];
const ASTRAL_WORDS = ['🙂', 'x🙂'];
const NUMBERS = [0, 7, -7, 0.5, 7.25, 300, 1e21, 123456789012];
const EVENTS_A_PATTERN = 10;

const word = fc.constantFrom(...WORDS);
const anyWord = fc.constantFrom(...WORDS, ...ASTRAL_WORDS);
const number = fc.constantFrom(...NUMBERS);
const leaf: fc.Arbitrary<unknown> = fc.oneof({ arbitrary: anyWord, weight: 3 }, number, fc.boolean(), fc.constant(null));
const oneOrMore = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> => fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 3 }));

const escaped = anyWord.map(text => text.replace(/[\\*]/g, '\\$&'));
const wildcard = fc.array(escaped, { minLength: 1, maxLength: 3 }).map(parts => parts.filter(part => part !== '').join('*'));
const openWildcard = fc.tuple(fc.boolean(), wildcard, fc.boolean()).map(([before, text, after]) => {
  const opened = `${before ? '*' : ''}${text}`;
  return after && opened !== '*' ? `${opened}*` : opened;
});
const numeric = fc.oneof(
  fc.tuple(fc.constantFrom('=', '<', '<=', '>', '>='), number),
  fc.tuple(fc.constantFrom('>', '>='), number, fc.constantFrom('<', '<='), number),
);
const affix = fc.oneof(anyWord, fc.record({ 'equals-ignore-case': word }));

const operation: fc.Arbitrary<unknown> = fc.oneof(
  fc.record({ prefix: affix }),
  fc.record({ suffix: affix }),
  fc.record({ 'equals-ignore-case': word }),
  fc.record({ wildcard: openWildcard }),
  fc.record({ exists: fc.boolean() }),
  fc.record({ exists: fc.boolean() }),
  fc.record({ numeric }),
  fc.record({
    'anything-but': fc.oneof(
      oneOrMore(anyWord),
      oneOrMore(number),
      fc.record({ prefix: oneOrMore(anyWord) }),
      fc.record({ suffix: oneOrMore(anyWord) }),
      fc.record({ 'equals-ignore-case': oneOrMore(word) }),
      fc.record({ wildcard: oneOrMore(openWildcard) }),
    ),
  }),
);

/** What EventBridge refuses, in the place of a value. */
const brokenValue = fc.constantFrom<unknown>(
  [], ['x'], {}, { prefix: 'x', suffix: 'x' }, { prefix: 7 }, { prefix: { suffix: 'x' } }, { suffix: null }, { exists: 'true' }, { exists: null },
  { numeric: [] }, { numeric: 7 }, { numeric: ['>', '7'] }, { numeric: ['!', 7] }, { numeric: ['<', 7, '>', 1] }, { numeric: ['>', 7, '<', 7] },
  { numeric: ['=', 7, '<', 9] }, { wildcard: 'x**y' }, { wildcard: 'x\\y' }, { wildcard: 'x\\' }, { wildcard: 7 }, { 'equals-ignore-case': ['x'] },
  { 'anything-but': [] }, { 'anything-but': ['x', 7] }, { 'anything-but': null }, { 'anything-but': true }, { 'anything-but': { prefix: '' } },
  { 'anything-but': { exists: false } }, { 'anything-but': { numeric: ['=', 7] } }, { 'anything-but': {} },
  { 'anything-but': { prefix: 'x', suffix: 'y' } }, { 'anything-but': { prefix: { 'equals-ignore-case': 'x' } } }, { unknown: 'x' },
);
/** What it refuses in the place of a list of values, or of an object. */
const brokenPart = fc.constantFrom<unknown>([], {}, 'x', 7, null, true);
const brokenOr = fc.constantFrom<unknown>([], [{ a: ['x'] }], [{ a: ['x'] }, 'x'], [{ a: ['x'] }, {}], [{ prefix: ['x'] }, { a: ['x'] }], { a: ['x'] }, 'x');

const values = fc.array(
  fc.oneof({ arbitrary: operation, weight: 60 }, { arbitrary: leaf, weight: 30 }, { arbitrary: brokenValue, weight: 1 }),
  { minLength: 1, maxLength: 3 },
);
const part = fc.oneof({ arbitrary: values, weight: 60 }, { arbitrary: brokenPart, weight: 1 });

const pattern = fc.letrec<{ object: JsonObject }>(tie => ({
  object: fc.tuple(
    fc.dictionary(fc.constantFrom(...KEYS), fc.oneof({ maxDepth: 2 }, part, part, part, tie('object')), { minKeys: 1, maxKeys: 2 }),
    fc.oneof(
      { arbitrary: fc.constant(undefined), weight: 80 },
      { arbitrary: fc.array(tie('object'), { minLength: 2, maxLength: 3 }), weight: 20 },
      { arbitrary: brokenOr, weight: 1 },
    ),
    fc.boolean(),
  ).map(([fields, or, first]) => {
    const alternatives = or === undefined ? {} : { $or: or };
    return first ? { ...alternatives, ...fields } : { ...fields, ...alternatives };
  }),
})).object;

const event = fc.letrec<{ object: JsonObject; value: unknown }>(tie => ({
  object: fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 3 }),
  value: fc.oneof({ maxDepth: 3 }, leaf, leaf, tie('object'), fc.array(tie('value'), { maxLength: 3 })),
}));

/** Something that one value of a pattern may match. */
function leafFor(value: unknown): fc.Arbitrary<unknown> {
  if (!isObject(value)) return fc.constant(value);
  const [name, operand] = Object.entries(value)[0] ?? [];
  const words = wordsIn(operand);
  if (name === 'numeric') return fc.constantFrom(...[operand].flat().filter(limit => typeof limit === 'number'), 7);
  if (words.length === 0) return leaf;
  const base = fc.constantFrom(...words.flatMap(text => [text, text.toLowerCase(), text.toUpperCase(), text.replace(/\\(.)|\*/g, '$1')]));
  return fc.tuple(fc.constantFrom('', '', 'x'), base, fc.constantFrom('', '', 'y')).map(texts => texts.join(''));
}

function wordsIn(operand: unknown): string[] {
  if (typeof operand === 'string') return [operand];
  return typeof operand === 'object' && operand !== null ? Object.values(operand).flatMap(wordsIn) : [];
}

/** An event that has some of what the pattern asks for, in lists or not. */
function eventFor(wanted: JsonObject): fc.Arbitrary<JsonObject> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [key, expected] of Object.entries(wanted)) {
    if (key === '$or') continue;
    const own: fc.Arbitrary<unknown> = isObject(expected) ? eventFor(expected) : fc.oneof(...[expected].flat().map(leafFor), leaf);
    fields[key] = fc.oneof(
      { arbitrary: own, weight: 6 },
      { arbitrary: fc.array(fc.oneof(own, own, event.value), { maxLength: 3 }), weight: 3 },
      { arbitrary: event.value, weight: 1 },
    );
  }
  const keys = Object.keys(fields);
  const record = fc.record(fields, { requiredKeys: [] });
  const present = fc.oneof({ arbitrary: fc.record(fields), weight: 3 }, { arbitrary: record, weight: keys.length > 0 ? 2 : 1 });
  const alternatives = Array.isArray(wanted.$or) ? wanted.$or.filter(isObject) : [];
  return alternatives.length === 0
    ? present
    : fc.tuple(fc.oneof(...alternatives.map(eventFor)), present).map(([alternative, own]) => ({ ...alternative, ...own }));
}

/** The same cases for the same seed. */
export function generateCases(seed: number, count: number): GeneratedCase[] {
  const generated = pattern.chain(each => fc.record({
    pattern: fc.constant<unknown>(each),
    events: fc.array(fc.oneof({ arbitrary: eventFor(each), weight: 4 }, { arbitrary: event.object, weight: 1 }), {
      minLength: EVENTS_A_PATTERN, maxLength: EVENTS_A_PATTERN,
    }),
  }));
  // As JSON has them: without the prototypes of dictionaries.
  return fc.sample(generated, { seed, numRuns: count }).map(each => JSON.parse(JSON.stringify(each)) as GeneratedCase);
}
