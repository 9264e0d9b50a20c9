import { globToRegExp } from './glob';
import { conditionsHold, RequestContext } from './iam-conditions';
import { stringsOf } from './json';
import type { Statement } from './policy-document';

/** What IAM is asked: may this be done to that. */
export interface IamRequest {
  /** As in a policy, for example `ecr:CreateRepository`. */
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
}

export type Decision = 'allowed' | 'explicitDeny' | 'implicitDeny';

/** Decides on a request as IAM does: a statement that denies wins over any that allows. */
export function evaluate(statements: readonly Statement[], request: IamRequest): Decision {
  const applicable = statements.filter(statement => applies(statement, request));
  if (applicable.some(({ Effect }) => Effect === 'Deny')) return 'explicitDeny';
  return applicable.length > 0 ? 'allowed' : 'implicitDeny';
}

function applies(statement: Statement, { action, resource, context }: IamRequest): boolean {
  return names(statement.Action, statement.NotAction, action, 'i')
    && names(statement.Resource, statement.NotResource, resource, '')
    && conditionsHold(statement.Condition ?? {}, context);
}

function names(positive: string | string[] | undefined, negative: string | string[] | undefined, value: string, flags: string): boolean {
  if (negative !== undefined) return !matchesAny(stringsOf(negative), value, flags);
  return matchesAny(stringsOf(positive), value, flags);
}

function matchesAny(patterns: readonly string[], value: string, flags: string): boolean {
  const dynamic = patterns.find(pattern => pattern.includes('${'));
  if (dynamic !== undefined) throw new Error(`policy variables are not supported, got ${dynamic}`);
  return patterns.some(pattern => globToRegExp(pattern, flags).test(value));
}
