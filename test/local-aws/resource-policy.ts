import { Decision, evaluate, IamRequest } from './iam';
import { isObject, stringsOf } from './json';
import type { Statement } from './policy-document';

/** An AWS service that acts on its own behalf, in the name of one of its resources. */
export interface ServicePrincipal {
  /** For example `events.amazonaws.com`. */
  readonly service: string;
  readonly sourceArn?: string;
}

/** Decides by a resource's own policy whether a service may do something with it. */
export function evaluateForService(
  statements: readonly Statement[], { service, sourceArn }: ServicePrincipal, request: IamRequest,
): Decision {
  const sourceAccount = sourceArn?.split(':')[4];
  const context = {
    'aws:SecureTransport': 'true',
    'aws:PrincipalIsAWSService': 'true',
    ...(sourceArn !== undefined && { 'aws:SourceArn': sourceArn }),
    ...(sourceAccount !== undefined && { 'aws:SourceAccount': sourceAccount }),
    ...request.context,
  };
  return evaluate(statements.filter(({ Principal: principal }) => includes(principal, service)), { ...request, context });
}

function includes(principal: Statement['Principal'], service: string): boolean {
  if (!isObject(principal)) return principal === '*';
  return stringsOf(principal.Service).includes(service) || stringsOf(principal.AWS).includes('*');
}
