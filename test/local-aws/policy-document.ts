import { isObject, JsonObject, listOf } from './json';

/** A statement of an IAM policy. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: string | Readonly<Record<string, string | string[]>>;
  readonly Action?: string | string[];
  readonly NotAction?: string | string[];
  readonly Resource?: string | string[];
  readonly NotResource?: string | string[];
  /** By operator, then by key. */
  readonly Condition?: Readonly<Record<string, JsonObject>>;
}

const KEYS = ['Sid', 'Effect', 'Principal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];

/** Reads the statements of a policy document; one that IAM would call malformed is an error. */
export function statementsOf(document: unknown): Statement[] {
  if (!isObject(document)) throw malformed('a document', document);
  return listOf(document.Statement).map(readStatement);
}

function readStatement(statement: unknown): Statement {
  if (!isObject(statement)) throw malformed('a statement', statement);
  const unknown = Object.keys(statement).filter(key => !KEYS.includes(key));
  if (unknown.length > 0) throw malformed(`a statement without ${unknown.join(', ')}`, statement);
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') throw malformed('Effect Allow or Deny', statement);
  if ((statement.Action === undefined) === (statement.NotAction === undefined)) throw malformed('either Action or NotAction', statement);
  if (statement.Resource !== undefined && statement.NotResource !== undefined) throw malformed('either Resource or NotResource', statement);
  for (const action of [...listOf(statement.Action), ...listOf(statement.NotAction)]) {
    if (typeof action !== 'string' || !/^(\*|[\w-]+:[\w*?]+)$/.test(action)) throw malformed('actions like service:Action', statement);
  }
  if (statement.Condition !== undefined && !(isObject(statement.Condition) && Object.values(statement.Condition).every(isObject))) {
    throw malformed('conditions by operator and key', statement);
  }
  return statement as unknown as Statement;
}

function malformed(expected: string, got: unknown): Error {
  return new Error(`malformed policy: expected ${expected}, got ${JSON.stringify(got)}`);
}
