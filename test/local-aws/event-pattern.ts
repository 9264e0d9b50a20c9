import { EventField, eventFields, joinPlaces, ListPlace, NO_LIST } from './event-fields';
import { ValueTest, valueTest } from './event-pattern-value';
import { isObject, JsonObject } from './json';

/** What has to hold at once: by path, the tests of which a leaf there has to pass one. */
type Conditions = ReadonlyMap<string, readonly ValueTest[]>;

type Fields = ReadonlyMap<string, readonly EventField[]>;

/** Names that EventBridge keeps for operators: with one of them, `$or` is to it a field of that name. */
const RESERVED_IN_OR = new Set([
  'exactly', 'equals-ignore-case', 'prefix', 'suffix', 'anything-but', 'exists', 'wildcard', 'numeric', 'cidr', '=', '<', '<=', '>', '>=',
  'regex', 'not-wildcard', 'not-equals-ignore-case', 'date-after', 'date-on-or-after', 'date-before', 'date-on-or-before', 'in-date-range',
  'ip-address-in-range', 'ip-address-not-in-range',
]);

/** Whether an event matches the pattern. */
export type EventMatcher = (event: JsonObject) => boolean;

/**
 * Reads an event pattern as EventBridge's own matcher does; `npm run judge:events` compares the two.
 *
 * What EventBridge would not accept as a pattern is an error, and so is what is not known here: the operators `cidr` and `exactly`, IP addresses,
 * which match in each of their spellings, and a field named `$or`.
 */
export function eventMatcher(pattern: unknown): EventMatcher {
  if (!isObject(pattern)) throw new Error(`an event pattern must be an object, got ${JSON.stringify(pattern)}`);
  // The order matters where a field has to be absent: it then is so in the place that the paths before it have led to.
  const alternatives = alternativesOf(pattern, [], false).map(conditions => [...conditions].sort(([left], [right]) => left < right ? -1 : 1));
  return event => {
    const fields = eventFields(event);
    return alternatives.some(conditions => hold(conditions, fields, NO_LIST));
  };
}

/** The pattern as a list of which one entry has to hold. Every part of it is checked. */
function alternativesOf(pattern: JsonObject, keys: readonly string[], inOr: boolean): Conditions[] {
  const parts = Object.entries(pattern).map(([key, expected]) => {
    if (key === '$or') return orAlternatives(expected, keys);
    if (inOr && RESERVED_IN_OR.has(key)) throw new Error(`the pattern's $or must have no field with the name of an operator, got ${key}`);
    if (isObject(expected)) return alternativesOf(expected, [...keys, key], inOr);
    if (!Array.isArray(expected)) throw new Error(`the pattern's values must be in a list, got ${JSON.stringify(expected)} at ${key}`);
    if (expected.length === 0) throw new Error(`the pattern's list at ${key} is empty`);
    return [new Map([[[...keys, key].join('.'), expected.map(valueTest)]])];
  });
  if (parts.length === 0) throw new Error('an event pattern must have no empty object');
  return parts.reduce((left, right) => left.flatMap(one => right.map(other => bothOf(one, other))));
}

function orAlternatives(expected: unknown, keys: readonly string[]): Conditions[] {
  if (!Array.isArray(expected) || expected.length < 2 || !expected.every(isObject)) {
    throw new Error(`the pattern's $or must be a list of at least two objects, got ${JSON.stringify(expected)}`);
  }
  return expected.flatMap(alternative => alternativesOf(alternative, keys, true));
}

function bothOf(one: Conditions, other: Conditions): Conditions {
  const twice = [...one.keys()].find(path => other.has(path));
  if (twice !== undefined) throw new Error(`the pattern has the path ${twice} more than once`);
  return new Map([...one, ...other]);
}

/** Whether the event has a leaf for each path, all of them in the same elements of its lists. */
function hold(conditions: readonly (readonly [string, readonly ValueTest[]])[], fields: Fields, place: ListPlace): boolean {
  if (conditions.length === 0) return true;
  const [[path, tests], ...others] = conditions;
  const passes = (value: unknown): boolean => tests.some(test => test(value));
  let absent = true;
  for (const field of fields.get(path) ?? []) {
    const together = joinPlaces(place, field.place);
    if (together === undefined) continue;
    absent = false;
    if (passes(field.value) && hold(others, fields, together)) return true;
  }
  return absent && passes(undefined) && hold(others, fields, place);
}
