import { isObject, listOf } from './json';

/** Whether a leaf of an event is what one value of a pattern asks for; undefined stands for a field that the event does not have. */
export type ValueTest = (actual: unknown) => boolean;

type StringTest = (actual: string) => boolean;

/** Operators that only strings can match. */
const STRING_OPERATORS: Readonly<Partial<Record<string, (operand: unknown) => StringTest>>> = {
  'prefix': operand => affix('prefix', operand, source => `^${source}`),
  'suffix': operand => affix('suffix', operand, source => `${source}$`),
  'equals-ignore-case': operand => matching(`^${ignoringCase('equals-ignore-case', operand)}$`),
  'wildcard': wildcard,
};

const OPERATORS: Readonly<Partial<Record<string, (operand: unknown) => ValueTest>>> = {
  'exists': operand => {
    if (typeof operand !== 'boolean') throw new Error(`exists must be true or false, got ${JSON.stringify(operand)}`);
    return actual => operand === (actual !== undefined);
  },
  'numeric': numeric,
  'anything-but': anythingBut,
};

/** Of these, EventBridge takes every spelling. */
const ADDRESS = /^(\d+\.\d+\.\d+\.\d+|[\da-f]*:[\da-f:]*)$/i;

/** The test that a value of a pattern stands for. */
export function valueTest(expected: unknown): ValueTest {
  if (Array.isArray(expected)) throw new Error(`the pattern has a list in a list: ${JSON.stringify(expected)}`);
  if (typeof expected === 'string' && ADDRESS.test(expected)) throw new Error(`an IP address as a value is not known, got ${expected}`);
  if (!isObject(expected)) return actual => actual === expected;

  const [name, operand] = onlyEntry(expected);
  const operator = OPERATORS[name];
  if (operator !== undefined) return operator(operand);
  const test = stringTest(name, operand);
  return actual => typeof actual === 'string' && test(actual);
}

function onlyEntry(operation: Readonly<Record<string, unknown>>): [string, unknown] {
  const entries = Object.entries(operation);
  if (entries.length !== 1) {
    throw new Error(`the pattern has ${entries.length === 0 ? 'no operator' : 'more than one operator'} in ${JSON.stringify(operation)}`);
  }
  return entries[0];
}

function stringTest(name: string, operand: unknown): StringTest {
  const operator = STRING_OPERATORS[name];
  if (operator === undefined) throw new Error(`the pattern's operator ${name} is not known`);
  return operator(operand);
}

function affix(name: string, operand: unknown, anchored: (source: string) => string): StringTest {
  if (!isObject(operand)) return matching(anchored(literal(text(name, operand))));
  if (Object.keys(operand).join() !== 'equals-ignore-case') {
    throw new Error(`${name} takes a string or equals-ignore-case, got ${JSON.stringify(operand)}`);
  }
  return matching(anchored(ignoringCase(name, operand['equals-ignore-case'])));
}

function wildcard(operand: unknown): StringTest {
  const pattern = text('wildcard', operand);
  let source = '';
  for (const [token] of pattern.matchAll(/\\.?|\*+|[^\\*]+/gs)) {
    if (token.startsWith('**')) throw new Error(`wildcard takes no two * in a row, got ${pattern}`);
    if (token.startsWith('\\') && !/^\\[\\*]$/.test(token)) throw new Error(`wildcard escapes only * and \\, got ${pattern}`);
    source += token === '*' ? '.*' : literal(token.startsWith('\\') ? token.slice(1) : token);
  }
  return matching(`^${source}$`);
}

function matching(source: string): StringTest {
  const expression = new RegExp(source, 's');
  return actual => expression.test(actual);
}

function literal(value: string): string {
  return value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** EventBridge takes each character in lower and in upper case, and nothing between: `ß` or `SS`, not `ss`. */
function ignoringCase(name: string, operand: unknown): string {
  return [...text(name, operand)].map(character => {
    if (character.length > 1) throw new Error(`without regard to case, ${character} is not known`);
    const [lower, upper] = [literal(character.toLowerCase()), literal(character.toUpperCase())];
    return lower === upper ? lower : `(?:${lower}|${upper})`;
  }).join('');
}

const COMPARISONS: Readonly<Partial<Record<string, (actual: number, limit: number) => boolean>>> = {
  '=': (actual, limit) => actual === limit,
  '<': (actual, limit) => actual < limit,
  '<=': (actual, limit) => actual <= limit,
  '>': (actual, limit) => actual > limit,
  '>=': (actual, limit) => actual >= limit,
};

/** One comparison, or a range: a lower limit and then a higher upper limit. */
function numeric(operand: unknown): ValueTest {
  const parts = Array.isArray(operand) ? operand as unknown[] : [];
  if (parts.length !== 2 && parts.length !== 4) throw new Error(`numeric takes one or two comparisons, got ${JSON.stringify(operand)}`);
  const [[operator, limit], upper] = [parts.slice(0, 2), parts.slice(2)];
  const tests = [comparison(operator, limit)];
  if (upper.length > 0) {
    tests.push(comparison(upper[0], upper[1]));
    if (!String(operator).startsWith('>') || !String(upper[0]).startsWith('<') || Number(limit) >= Number(upper[1])) {
      throw new Error(`numeric takes a range from a lower to a higher limit, got ${JSON.stringify(operand)}`);
    }
  }
  return actual => typeof actual === 'number' && tests.every(test => test(actual));
}

function comparison(operator: unknown, limit: unknown): (actual: number) => boolean {
  const compare = COMPARISONS[String(operator)];
  if (compare === undefined || typeof limit !== 'number') {
    throw new Error(`numeric takes comparisons and numbers, got ${JSON.stringify([operator, limit])}`);
  }
  return actual => compare(actual, limit);
}

/** A field that is absent is not anything. */
function anythingBut(operand: unknown): ValueTest {
  if (isObject(operand)) {
    const [name, excluded] = onlyEntry(operand);
    const tests = listOf(excluded).map(value => stringTest(name, excludable(name, value)));
    if (tests.length === 0) throw new Error(`anything-but takes at least one ${name}, got none`);
    return actual => actual !== undefined && !(typeof actual === 'string' && tests.some(test => test(actual)));
  }
  const excluded = listOf(operand);
  const ofOneType = ['string', 'number'].some(type => excluded.every(value => typeof value === type));
  if (excluded.length === 0 || !ofOneType) throw new Error(`anything-but takes strings or numbers, got ${JSON.stringify(operand)}`);
  return actual => actual !== undefined && !excluded.includes(actual);
}

function excludable(name: string, operand: unknown): string {
  const excluded = text(name, operand);
  if (excluded === '' && ['prefix', 'suffix'].includes(name)) throw new Error(`anything-but takes no empty ${name}`);
  return excluded;
}

function text(name: string, operand: unknown): string {
  if (typeof operand !== 'string') throw new Error(`${name} takes a string, got ${JSON.stringify(operand)}`);
  return operand;
}
