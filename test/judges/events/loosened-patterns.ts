import { isObject, type JsonObject } from '../../local-aws/json';

/** A pattern that says less, or something else, than it should. */
export interface LoosenedPattern {
  readonly pattern: JsonObject;
  readonly without: string;
}

/** The pattern without each of its fields, and without each value of a field that has several. */
export function loosened(pattern: JsonObject, parent = ''): LoosenedPattern[] {
  return Object.entries(pattern).flatMap(([key, expected]) => {
    const path = `${parent}${key}`;
    const { [key]: left, ...others } = pattern;
    const withOther = (value: unknown): JsonObject => ({ ...pattern, [key]: value });
    const inside = isObject(left)
      ? loosened(left, `${path}.`).map(each => ({ ...each, pattern: withOther(each.pattern) }))
      : withoutValue(expected).map(({ rest, value }) => ({ pattern: withOther(rest), without: `${JSON.stringify(value)} in ${path}` }));
    return Object.keys(others).length === 0 ? inside : [{ pattern: others, without: path }, ...inside];
  });
}

function withoutValue(expected: unknown): { value: unknown; rest: unknown[] }[] {
  const values = [expected].flat();
  // Those in the middle of a long list are like those at its ends, and of them the corpus has no names.
  const removable = values.length > 4 ? [...values.slice(0, 3), ...values.slice(-1)] : values.length > 1 ? values : [];
  return removable.map(value => ({ value, rest: values.filter(other => other !== value) }));
}
