import { isObject } from './json';

/** What the expressions of a template may refer to. */
export interface TemplateScope {
  /** The value of `Ref`: of a parameter, a pseudo parameter or a resource. */
  reference(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, topLevelKey: string, secondLevelKey: string): unknown;
  importValue(name: string): unknown;
}

/** The value of `AWS::NoValue`: whatever holds it is left out. */
export const NO_VALUE = Symbol('AWS::NoValue');

type IntrinsicFunction = (argument: unknown, scope: TemplateScope) => unknown;

const FUNCTIONS: Readonly<Partial<Record<string, IntrinsicFunction>>> = {
  'Ref': (argument, scope) => scope.reference(text(argument, 'Ref')),
  'Fn::GetAtt': getAttribute,
  'Fn::Join': join,
  'Fn::Sub': substitute,
  'Fn::Select': select,
  'Fn::Split': (argument, scope) => {
    const [delimiter, source] = list(argument, 'Fn::Split');
    return text(resolveIntrinsics(source, scope), 'Fn::Split').split(text(delimiter, 'Fn::Split'));
  },
  'Fn::If': (argument, scope) => {
    const [condition, then, otherwise] = list(argument, 'Fn::If');
    return resolveIntrinsics(scope.condition(text(condition, 'Fn::If')) ? then : otherwise, scope);
  },
  'Fn::FindInMap': (argument, scope) => {
    const [map, top, second] = list(argument, 'Fn::FindInMap').map(key => text(resolveIntrinsics(key, scope), 'Fn::FindInMap'));
    return scope.mapping(map, top, second);
  },
  'Fn::ImportValue': (argument, scope) => scope.importValue(text(resolveIntrinsics(argument, scope), 'Fn::ImportValue')),
  'Fn::Base64': (argument, scope) => Buffer.from(text(resolveIntrinsics(argument, scope), 'Fn::Base64')).toString('base64'),
  'Fn::GetAZs': () => [],
};

/**
 * Replaces the intrinsic functions in a part of a template by their values.
 *
 * @returns {@link NO_VALUE} where the part is to be left out
 */
export function resolveIntrinsics(value: unknown, scope: TemplateScope): unknown {
  if (Array.isArray(value)) return value.map(element => resolveIntrinsics(element, scope)).filter(element => element !== NO_VALUE);
  if (!isObject(value)) return value;

  const keys = Object.keys(value);
  const intrinsic = keys.find(key => key === 'Ref' || key.startsWith('Fn::'));
  if (intrinsic !== undefined && (keys.length === 1 || intrinsic !== 'Ref')) {
    if (keys.length > 1) throw new Error(`${intrinsic} must be the only key of its object, got ${keys.join(', ')}`);
    const implementation = FUNCTIONS[intrinsic];
    if (implementation === undefined) throw new Error(`the intrinsic function ${intrinsic} is not known`);
    return implementation(value[intrinsic], scope);
  }
  const resolved = Object.entries(value).map(([key, element]) => [key, resolveIntrinsics(element, scope)] as const);
  return Object.fromEntries(resolved.filter(([, element]) => element !== NO_VALUE));
}

/** Evaluates an entry of a template's `Conditions`. */
export function evaluateCondition(expression: unknown, scope: TemplateScope): boolean {
  const [name, ...others] = isObject(expression) ? Object.keys(expression) : [];
  if (!isObject(expression) || others.length > 0) throw new Error(`a condition must be one condition function, got ${JSON.stringify(expression)}`);

  const argument = expression[name];
  switch (name) {
    case 'Condition': return scope.condition(text(argument, name));
    case 'Fn::And': return list(argument, name).every(operand => evaluateCondition(operand, scope));
    case 'Fn::Or': return list(argument, name).some(operand => evaluateCondition(operand, scope));
    case 'Fn::Not': return !evaluateCondition(list(argument, name)[0], scope);
    case 'Fn::Equals': {
      const [left, right] = list(argument, name).map(operand => text(resolveIntrinsics(operand, scope), name));
      return left === right;
    }
    default: throw new Error(`the condition function ${name} is not known`);
  }
}

function getAttribute(argument: unknown, scope: TemplateScope): unknown {
  const parts = typeof argument === 'string' ? argument.split('.') : list(argument, 'Fn::GetAtt');
  const path = parts.map(part => text(resolveIntrinsics(part, scope), 'Fn::GetAtt'));
  const [logicalId, ...attribute] = path;
  return scope.attribute(logicalId, attribute.join('.'));
}

function join(argument: unknown, scope: TemplateScope): string {
  const [delimiter, parts] = list(argument, 'Fn::Join');
  return list(resolveIntrinsics(parts, scope), 'Fn::Join').map(part => text(part, 'Fn::Join')).join(text(delimiter, 'Fn::Join'));
}

function substitute(argument: unknown, scope: TemplateScope): string {
  const [template, variables] = Array.isArray(argument) ? argument as unknown[] : [argument, {}];
  if (!isObject(variables)) throw new Error(`the variables of Fn::Sub must be a map, got ${JSON.stringify(variables)}`);

  return text(template, 'Fn::Sub').replace(/\$\{(!?)([^}]*)\}/g, (_match, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return text(resolveIntrinsics(variables[name], scope), 'Fn::Sub');
    return text(name.includes('.') ? getAttribute(name, scope) : scope.reference(name), 'Fn::Sub');
  });
}

function select(argument: unknown, scope: TemplateScope): unknown {
  const [index, elements] = list(argument, 'Fn::Select').map(part => resolveIntrinsics(part, scope));
  const candidates = list(elements, 'Fn::Select');
  const position = Number(index);
  if (!(position in candidates)) throw new Error(`Fn::Select has no element ${String(index)} in ${JSON.stringify(candidates)}`);
  return candidates[position];
}

function list(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw new Error(`${where} needs a list, got ${describe(value)}`);
  return value;
}

/** CloudFormation takes numbers and booleans for strings. */
function text(value: unknown, where: string): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw new Error(`${where} needs a string, got ${describe(value)}`);
  }
  return String(value);
}

function describe(value: unknown): string {
  return value === NO_VALUE ? 'AWS::NoValue' : JSON.stringify(value);
}
