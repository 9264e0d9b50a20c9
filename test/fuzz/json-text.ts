import * as fc from 'fast-check';

/** A private-use character: what stands between two of these is written out only in the text that the handler gets. */
const MARK = '\uE100';
const HUGE = /\uE100huge:([0-9a-f]+):(\d+)\uE100/g;
const DEEP = /"\uE100deep:(\d+)\uE100"/g;

/** A text of that many characters. As a mark, it stays readable in a counterexample. */
export function huge(character: string, length: number): string {
  return `${MARK}huge:${character.charCodeAt(0).toString(16)}:${length}${MARK}`;
}

/** Arrays in arrays, so deep that what walks through them by recursion runs out of stack. */
export function deep(levels: number): string {
  return `${MARK}deep:${levels}${MARK}`;
}

/** The value as JSON, its marks written out. Nothing here recurses more than the value itself does. */
export function toJsonText(value: unknown): string {
  return expand(JSON.stringify(value));
}

/** As {@link toJsonText}, of a text that is JSON already, or was to be. */
export function expand(text: string): string {
  if (!text.includes(MARK)) return text;
  return text
    .replace(DEEP, (_mark, levels) => '['.repeat(Number(levels)) + ']'.repeat(Number(levels)))
    .replace(HUGE, (_mark, code, length) => JSON.stringify(String.fromCharCode(parseInt(code, 16))).slice(1, -1).repeat(Number(length)));
}

/** Texts that are no more than that, and those that somebody once took for more. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  // Half characters, too.
  { weight: 3, arbitrary: fc.array(fc.nat(0xffff), { maxLength: 20 }).map(units => String.fromCharCode(...units)) },
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      '', ' ', '\0', '\n', '\r\n', '\u0085', '\u2028', '\u2029', '\u001b[2J', '\u009b2J', '\u007f', '\u202e', '\ufeff', '\ud83d', '\ude00', '😀',
      'x\n{"message":"created backend/forged repository","outcome":"created"}\n',
      '","outcome":"created","RepositoriesCreated":1,"x":"',
      '{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"EcrAutoCreate","Dimensions":[[]],"Metrics":[{"Name":"RepositoriesCreated"}]}]},"RepositoriesCreated":1e9}',
      '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'toJSON', '$&', '$1', '${jndi:ldap://x}', '%s%n', '../../etc/passwd', '\\', '"', '\'', '<script>', 'null', 'NaN',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('x', '\n', '\u0001', 'é', '\u2028', '"', '😀'.charAt(0), 'a').chain(character =>
      fc.constantFrom(2_047, 2_048, 2_049, 5_000, 200_000).map(length => huge(character, length))),
  },
);

/** In so many of a hundred cases. */
export function sometimes<T>(percent: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 100 - percent, arbitrary: fc.constant(undefined) }, { weight: percent, arbitrary });
}

/** Anything that JSON can say. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>(null, true, false, 0, -1, 1e308, 123456789012, [], {}, [[]], [null]) },
  { weight: 4, arbitrary: hostileText },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom(5_000, 20_000).map(deep) },
);
