import { isObject, listOf } from './json';

type Operator = (operand: unknown, actual: unknown) => boolean;
type Predicate = (actual: string) => boolean;

/** Operators that only strings can match. */
const STRING_OPERATORS: Readonly<Partial<Record<string, (operand: unknown) => Predicate>>> = {
  'prefix': operand => affix('prefix', operand, (actual, prefix) => actual.startsWith(prefix)),
  'suffix': operand => affix('suffix', operand, (actual, suffix) => actual.endsWith(suffix)),
  'equals-ignore-case': operand => {
    const expected = text('equals-ignore-case', operand).toLowerCase();
    return actual => actual.toLowerCase() === expected;
  },
  'wildcard': wildcard,
};

const OPERATORS: Readonly<Partial<Record<string, Operator>>> = {
  'exists': (operand, actual) => {
    if (typeof operand !== 'boolean') throw new Error(`exists must be true or false, got ${JSON.stringify(operand)}`);
    return operand === (actual !== undefined);
  },
  'numeric': numeric,
  'anything-but': anythingBut,
};

/**
 * Whether a field's value is what one value of an event pattern asks for.
 *
 * @param actual A string, number, boolean or null; undefined where the event has no such field.
 */
export function matchesValue(expected: unknown, actual: unknown): boolean {
  if (Array.isArray(expected)) throw new Error(`the pattern has a list in a list: ${JSON.stringify(expected)}`);
  if (!isObject(expected)) return expected === actual;

  const [[name, operand], ...others] = Object.entries(expected);
  if (others.length > 0) throw new Error(`the pattern has more than one operator in ${JSON.stringify(expected)}`);
  const operator = OPERATORS[name];
  if (operator !== undefined) return operator(operand, actual);
  const predicate = stringPredicate(name, operand);
  return typeof actual === 'string' && predicate(actual);
}

function stringPredicate(name: string, operand: unknown): Predicate {
  const operator = STRING_OPERATORS[name];
  if (operator === undefined) throw new Error(`the pattern's operator ${name} is not known`);
  return operator(operand);
}

function affix(name: string, operand: unknown, matches: (actual: string, expected: string) => boolean): Predicate {
  if (!isObject(operand)) {
    const expected = text(name, operand);
    return actual => matches(actual, expected);
  }
  if (Object.keys(operand).join() !== 'equals-ignore-case') {
    throw new Error(`${name} takes a string or equals-ignore-case, got ${JSON.stringify(operand)}`);
  }
  const expected = text(name, operand['equals-ignore-case']).toLowerCase();
  return actual => matches(actual.toLowerCase(), expected);
}

function wildcard(operand: unknown): Predicate {
  const pattern = text('wildcard', operand);
  let source = '';
  for (const [token] of pattern.matchAll(/\\.?|\*+|[^\\*]+/gs)) {
    if (token === '**' || token.length > 2 && token.startsWith('**')) throw new Error(`wildcard takes no two * in a row, got ${pattern}`);
    if (token.startsWith('\\') && !/^\\[\\*]$/.test(token)) throw new Error(`wildcard escapes only * and \\, got ${pattern}`);
    source += token === '*' ? '.*' : literal(token.startsWith('\\') ? token.slice(1) : token);
  }
  const expression = new RegExp(`^${source}$`, 's');
  return actual => expression.test(actual);
}

function literal(value: string): string {
  return value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const COMPARISONS: Readonly<Partial<Record<string, (actual: number, limit: number) => boolean>>> = {
  '=': (actual, limit) => actual === limit,
  '<': (actual, limit) => actual < limit,
  '<=': (actual, limit) => actual <= limit,
  '>': (actual, limit) => actual > limit,
  '>=': (actual, limit) => actual >= limit,
};

/** A list of one or two comparisons, each of which has to hold. */
function numeric(operand: unknown, actual: unknown): boolean {
  const parts = listOf(operand);
  if (parts.length !== 2 && parts.length !== 4) throw new Error(`numeric takes one or two comparisons, got ${JSON.stringify(operand)}`);
  const holds: boolean[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const compare = COMPARISONS[String(parts[index])];
    const limit = parts[index + 1];
    if (compare === undefined || typeof limit !== 'number') throw new Error(`numeric takes comparisons and numbers, got ${JSON.stringify(operand)}`);
    holds.push(typeof actual === 'number' && compare(actual, limit));
  }
  return holds.every(Boolean);
}

/** A field that is absent is not anything. */
function anythingBut(operand: unknown, actual: unknown): boolean {
  if (isObject(operand)) {
    const [[name, excluded], ...others] = Object.entries(operand);
    if (others.length > 0) throw new Error(`the pattern has more than one operator in ${JSON.stringify(operand)}`);
    const predicates = listOf(excluded).map(value => stringPredicate(name, value));
    return actual !== undefined && !(typeof actual === 'string' && predicates.some(matches => matches(actual)));
  }
  const excluded = listOf(operand);
  const ofOneType = ['string', 'number'].some(type => excluded.every(value => typeof value === type));
  if (excluded.length === 0 || !ofOneType) throw new Error(`anything-but takes strings or numbers, got ${JSON.stringify(operand)}`);
  return actual !== undefined && !excluded.includes(actual);
}

function text(name: string, operand: unknown): string {
  if (typeof operand !== 'string') throw new Error(`${name} takes a string, got ${JSON.stringify(operand)}`);
  return operand;
}
