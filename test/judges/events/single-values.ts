import { isObject, type JsonObject } from '../../local-aws/json';

/**
 * A valid pattern as patterns of which one has to match: each without `$or`, and with one value only for each path.
 *
 * They say the same, so that a matcher must not tell a pattern from all of them together.
 */
export function singleValued(pattern: JsonObject, parent = ''): JsonObject[] {
  let pieces: JsonObject[] = [{}];
  for (const [key, expected] of Object.entries(pattern)) {
    const alternatives = alternativesAt(key === '$or' ? parent : `${parent}${key}`, key, expected, parent);
    pieces = pieces.flatMap(piece => alternatives.map(alternative => ({ ...piece, ...alternative })));
  }
  return pieces;
}

function alternativesAt(path: string, key: string, expected: unknown, parent: string): JsonObject[] {
  if (isObject(expected)) return singleValued(expected, `${path}.`);
  const list = [expected].flat();
  return key === '$or' ? list.filter(isObject).flatMap(alternative => singleValued(alternative, parent)) : list.map(value => ({ [path]: [value] }));
}
