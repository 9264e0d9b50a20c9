import { EcrError, invalidParameter } from './ecr-error';
import { checkLength } from './ecr-parameters';
import { isObject, JsonObject } from './json';

const COUNT_TYPES: readonly unknown[] = ['imageCountMoreThan', 'sinceImagePushed', 'sinceImagePulled', 'sinceImageTransitioned'];

/** Refuses a lifecycle policy that ECR would not take. */
export function checkLifecyclePolicy(text: string): void {
  checkLength('LifecyclePolicyText', text, 100, 30720);
  const rules = parseObject(text, invalidLifecyclePolicy).rules;
  if (!Array.isArray(rules) || rules.length === 0) throw invalidLifecyclePolicy('rules must be a non-empty array');
  const lastByClass = new Map<unknown, { priority: number; tagStatus: unknown }>();
  const anyByClass = new Map<unknown, number>();
  const priorities = new Set<number>();
  for (const rule of rules as unknown[]) {
    const { priority, storageClass, tagStatus } = checkLifecycleRule(rule);
    if (priorities.has(priority)) throw invalidLifecyclePolicy(`rulePriority ${priority} is used more than once`);
    priorities.add(priority);
    if (priority > (lastByClass.get(storageClass)?.priority ?? 0)) lastByClass.set(storageClass, { priority, tagStatus });
    if (tagStatus === 'any') anyByClass.set(storageClass, (anyByClass.get(storageClass) ?? 0) + 1);
  }
  // Archived images are selected apart from the others: each storage class can have an `any` rule of its own.
  for (const [storageClass, count] of anyByClass) {
    if (count > 1) throw invalidLifecyclePolicy('only one rule can have tagStatus any');
    if (lastByClass.get(storageClass)?.tagStatus !== 'any') throw invalidLifecyclePolicy('the rule with tagStatus any must have the highest rulePriority');
  }
}

/** Refuses a repository policy that ECR would not take. */
export function checkRepositoryPolicy(text: string): void {
  checkLength('PolicyText', text, 0, 10240);
  const statements = [parseObject(text, invalidRepositoryPolicy).Statement].flat();
  if (statements.length === 0) throw invalidRepositoryPolicy('Statement is empty');
  for (const statement of statements) {
    if (!isObject(statement)) throw invalidRepositoryPolicy('a statement must be an object');
    if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') throw invalidRepositoryPolicy('Effect must be Allow or Deny');
    if (!hasOneOf(statement, 'Principal', 'NotPrincipal')) throw invalidRepositoryPolicy('a statement must have a Principal');
    if (!hasOneOf(statement, 'Action', 'NotAction')) throw invalidRepositoryPolicy('a statement must have an Action');
    if (hasOneOf(statement, 'Resource', 'NotResource')) throw invalidRepositoryPolicy('a statement must not have a Resource');
  }
}

function checkLifecycleRule(rule: unknown): { priority: number; storageClass: unknown; tagStatus: unknown } {
  if (!isObject(rule)) throw invalidLifecyclePolicy('a rule must be an object');
  if (!isPositiveInteger(rule.rulePriority)) throw invalidLifecyclePolicy('rulePriority must be a positive integer');
  if (!isObject(rule.selection)) throw invalidLifecyclePolicy('a rule must have a selection');
  if (!isObject(rule.action)) throw invalidLifecyclePolicy('a rule must have an action');
  checkSelection(rule.selection);
  checkAction(rule.action, rule.selection);
  return { priority: rule.rulePriority, storageClass: rule.selection.storageClass ?? 'standard', tagStatus: rule.selection.tagStatus };
}

function checkSelection(selection: JsonObject): void {
  const lists = [selection.tagPrefixList, selection.tagPatternList].filter((list) => list !== undefined);
  switch (selection.tagStatus) {
    case 'tagged':
      if (lists.length !== 1 || !isListOfStrings(lists[0])) throw invalidLifecyclePolicy('tagged needs either a tagPrefixList or a tagPatternList');
      break;
    case 'untagged':
    case 'any':
      if (lists.length > 0) throw invalidLifecyclePolicy(`${selection.tagStatus} must have no tagPrefixList and no tagPatternList`);
      break;
    default:
      throw invalidLifecyclePolicy('tagStatus must be tagged, untagged or any');
  }
  if (!COUNT_TYPES.includes(selection.countType)) throw invalidLifecyclePolicy(`countType must be one of ${COUNT_TYPES.join(', ')}`);
  if (!isPositiveInteger(selection.countNumber)) throw invalidLifecyclePolicy('countNumber must be a positive integer');
  if (selection.countUnit !== (selection.countType === 'imageCountMoreThan' ? undefined : 'days')) {
    throw invalidLifecyclePolicy('countUnit must be days, and absent with imageCountMoreThan');
  }
  if (selection.countType === 'sinceImageTransitioned' && selection.storageClass !== 'archive') {
    throw invalidLifecyclePolicy('sinceImageTransitioned needs storageClass archive');
  }
}

function checkAction(action: JsonObject, selection: JsonObject): void {
  if (action.type === 'expire') return;
  if (action.type !== 'transition') throw invalidLifecyclePolicy('action type must be expire or transition');
  if (action.targetStorageClass !== 'archive') throw invalidLifecyclePolicy('transition needs targetStorageClass archive');
  if (selection.countType !== 'sinceImagePulled') throw invalidLifecyclePolicy('transition needs countType sinceImagePulled');
}

function parseObject(text: string, invalid: (reason: string) => EcrError): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('it is not JSON');
  }
  if (!isObject(value)) throw invalid('it is not a JSON object');
  return value;
}

function hasOneOf(statement: JsonObject, ...keys: string[]): boolean {
  return keys.some((key) => statement[key] !== undefined);
}

function isPositiveInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

function isListOfStrings(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string' && item !== '');
}

function invalidLifecyclePolicy(reason: string): EcrError {
  return invalidParameter('LifecyclePolicyText', `Lifecycle policy validation failure: ${reason}`);
}

function invalidRepositoryPolicy(reason: string): EcrError {
  return invalidParameter('PolicyText', `Invalid repository policy provided: ${reason}`);
}
