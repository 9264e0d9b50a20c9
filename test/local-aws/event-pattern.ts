import { matchesValue } from './event-pattern-value';
import { isObject, JsonObject } from './json';

/**
 * Whether an event matches an event pattern, as EventBridge documents it.
 *
 * What EventBridge would not accept as a pattern, and an operator that is not known here (`cidr`), is an error.
 */
export function matches(pattern: unknown, event: unknown): boolean {
  if (!isObject(pattern)) throw new Error(`an event pattern must be an object, got ${JSON.stringify(pattern)}`);
  checkPattern(pattern);
  return matchesObject(pattern, event, [event]);
}

/** Every part is checked, also those that matching would not come to. */
function checkPattern(pattern: JsonObject): void {
  if (Object.keys(pattern).length === 0) throw new Error('an event pattern must have no empty object');
  for (const [key, expected] of Object.entries(pattern)) {
    if (isAlternatives(key, expected)) {
      expected.forEach(checkPattern);
    } else if (Array.isArray(expected)) {
      if (expected.length === 0) throw new Error(`the pattern's list at ${key} is empty`);
      expected.forEach(value => matchesValue(value, undefined));
    } else if (isObject(expected)) {
      checkPattern(expected);
    } else {
      throw new Error(`the pattern's values must be in a list, got ${JSON.stringify(expected)} at ${key}`);
    }
  }
}

/** @param everywhere Where `event` is of a list: all that are in the same place. A field is absent only if it is in none of them. */
function matchesObject(pattern: JsonObject, event: unknown, everywhere: readonly unknown[]): boolean {
  return Object.entries(pattern).every(([key, expected]) => {
    if (isAlternatives(key, expected)) return expected.some(alternative => matchesObject(alternative, event, everywhere));
    const actual = fieldOf(event, key);
    const actualEverywhere = everywhere.map(place => fieldOf(place, key)).flat(Infinity);
    if (Array.isArray(expected)) return matchesLeaf(expected, actual, actualEverywhere);
    // Of a list, one and the same element has to match all of it.
    const candidates: unknown[] = Array.isArray(actual) && actual.length > 0 ? actual.flat(Infinity) : [actual];
    return isObject(expected) && candidates.some(candidate => matchesObject(expected, candidate, actualEverywhere));
  });
}

function matchesLeaf(expected: readonly unknown[], actual: unknown, everywhere: readonly unknown[]): boolean {
  const values = leafValues(actual);
  const absent = everywhere.every(place => leafValues(place).length === 0);
  return expected.some(value => values.some(leaf => matchesValue(value, leaf)) || absent && matchesValue(value, undefined));
}

function fieldOf(event: unknown, key: string): unknown {
  return isObject(event) && Object.hasOwn(event, key) ? event[key] : undefined;
}

/** An object is no leaf, and an empty list has none. */
function leafValues(actual: unknown): unknown[] {
  if (Array.isArray(actual)) return actual.flatMap(leafValues);
  return actual === undefined || isObject(actual) ? [] : [actual];
}

function isAlternatives(key: string, expected: unknown): expected is JsonObject[] {
  return key === '$or' && Array.isArray(expected) && expected.length > 1 && expected.every(isObject);
}
