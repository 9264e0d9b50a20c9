import { globToRegExp } from './glob';
import { JsonObject, stringsOf } from './json';

/** What is known of a request: condition keys and their values; a list is the value of a multivalued key. */
export type RequestContext = Readonly<Record<string, string | string[]>>;

/** Whether a value from the request is what one value of the policy asks for. */
type Comparison = (actual: string, expected: string) => boolean;

const COMPARISONS: Readonly<Partial<Record<string, { compare: Comparison; negated: boolean }>>> = {
  StringEquals: { compare: (actual, expected) => actual === expected, negated: false },
  StringNotEquals: { compare: (actual, expected) => actual === expected, negated: true },
  StringEqualsIgnoreCase: { compare: equalsIgnoreCase, negated: false },
  StringNotEqualsIgnoreCase: { compare: equalsIgnoreCase, negated: true },
  StringLike: { compare: isLike, negated: false },
  StringNotLike: { compare: isLike, negated: true },
  // IAM treats the two alike: both take wildcards.
  ArnEquals: { compare: isArnLike, negated: false },
  ArnLike: { compare: isArnLike, negated: false },
  ArnNotEquals: { compare: isArnLike, negated: true },
  ArnNotLike: { compare: isArnLike, negated: true },
  Bool: { compare: equalsIgnoreCase, negated: false },
};

/** Whether all of a statement's conditions hold; an operator that is not known is an error. */
export function conditionsHold(conditions: Readonly<Record<string, JsonObject>>, context: RequestContext): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, expected]) => holds(operator, key, stringsOf(expected), valueOf(key, context))));
}

function holds(operator: string, key: string, expected: string[], actual: string | string[] | undefined): boolean {
  const dynamic = expected.find(value => value.includes('${'));
  if (dynamic !== undefined) throw new Error(`policy variables are not supported, got ${dynamic}`);
  if (operator === 'Null') return expected.some(value => equalsIgnoreCase(String(actual === undefined), value));

  const unquantified = operator.replace(/^For(AllValues|AnyValue):/, '');
  const comparison = COMPARISONS[unquantified.replace(/IfExists$/, '')];
  if (comparison === undefined) throw new Error(`the condition operator ${operator} is not known`);
  const { compare, negated } = comparison;
  const matches = (value: string): boolean => expected.some(candidate => compare(value, candidate)) !== negated;

  if (operator.startsWith('ForAllValues:')) return stringsOf(actual).every(matches);
  if (actual === undefined) return unquantified.endsWith('IfExists') || negated && unquantified === operator;
  if (operator.startsWith('ForAnyValue:')) return stringsOf(actual).some(matches);
  if (Array.isArray(actual)) throw new Error(`${key} has many values: ${operator} needs ForAllValues: or ForAnyValue:`);
  return matches(actual);
}

/** Condition keys are case-insensitive, the names of tags in them too. */
function valueOf(key: string, context: RequestContext): string | string[] | undefined {
  return Object.entries(context).find(([name]) => equalsIgnoreCase(name, key))?.[1];
}

function equalsIgnoreCase(actual: string, expected: string): boolean {
  return actual.toLowerCase() === expected.toLowerCase();
}

function isLike(actual: string, expected: string): boolean {
  return globToRegExp(expected).test(actual);
}

/** Each of an ARN's six parts is compared on its own. */
function isArnLike(actual: string, expected: string): boolean {
  const actualParts = arnParts(actual);
  const expectedParts = arnParts(expected);
  return actualParts.length === expectedParts.length && expectedParts.every((part, index) => isLike(actualParts[index], part));
}

function arnParts(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
