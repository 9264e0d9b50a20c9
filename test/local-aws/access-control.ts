import type { Deployment } from './cloudformation';
import { EcrError } from './ecr';
import type { AuthorizationRequest } from './ecr-api';
import type { Decision, IamRequest } from './iam';
import { KmsKey } from './kms';
import { evaluateForRole } from './role-policies';
import type { RoleSession } from './role-session';

export type DecisionListener = (decision: Decision, request: IamRequest, callerArn: string) => void;

/** What ECR does with a customer's key, in the name of whoever creates the repository. */
const REPOSITORY_KEY_ACTIONS = ['kms:CreateGrant', 'kms:RetireGrant', 'kms:DescribeKey'];

/** Decides on calls of ECR's API by the policies of the caller's role. */
export class AccessControl {
  private readonly sessions = new Map<string, RoleSession>();

  constructor(private readonly deployment: Deployment, private readonly onDecision?: DecisionListener) {}

  /** Makes a session's credentials known. */
  register(session: RoleSession): void {
    this.sessions.set(session.callerArn, session);
  }

  /** The session behind a caller's ARN. */
  sessionOf(callerArn: string): RoleSession | undefined {
    return this.sessions.get(callerArn);
  }

  /** @returns the caller's ARN; what it may not do is an error as ECR's API answers with */
  authorize({ accessKeyId, action, resourceArn, requestTags, resourceTags }: AuthorizationRequest): string {
    const session = [...this.sessions.values()].find(({ credentials }) => credentials.accessKeyId === accessKeyId);
    if (session === undefined) throw new EcrError('UnrecognizedClientException', 'The security token included in the request is invalid.');
    this.check(session, { action, resource: resourceArn, context: tagContext(requestTags, resourceTags) });
    return session.callerArn;
  }

  /** Decides on one action of a session. */
  check({ callerArn, roleArn }: RoleSession, request: IamRequest): void {
    const decision = evaluateForRole(this.deployment, roleArn, request);
    this.onDecision?.(decision, request, callerArn);
    if (decision !== 'allowed') throw new EcrError('AccessDeniedException', notAuthorized(decision, request, callerArn));
  }

  /** Decides whether a caller may make a repository that is encrypted with a key. */
  checkKey(callerArn: string, kmsKey: string): void {
    const session = this.sessions.get(callerArn);
    const key = new KmsKey(this.deployment, kmsKey);
    const denied = session === undefined ? undefined : key.firstDenied(session.roleArn, REPOSITORY_KEY_ACTIONS, 'ecr');
    if (denied === undefined) return;
    const request = { action: denied, resource: key.arn, context: {} };
    this.onDecision?.('implicitDeny', request, callerArn);
    throw new EcrError('KmsException', notAuthorized('implicitDeny', request, callerArn));
  }
}

function notAuthorized(decision: Decision, { action, resource }: IamRequest, callerArn: string): string {
  const why = decision === 'explicitDeny'
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the ${action} action`;
  return `User: ${callerArn} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
}

/** The condition keys of the tags that a request brings and those of what it is about. */
export function tagContext(
  requestTags: Readonly<Record<string, string>>, resourceTags: Readonly<Record<string, string>> = {},
): IamRequest['context'] {
  const keys = Object.keys(requestTags);
  return {
    ...(keys.length > 0 && { 'aws:TagKeys': keys }),
    ...Object.fromEntries(Object.entries(requestTags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    ...Object.fromEntries(Object.entries(resourceTags).map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
    ...Object.fromEntries(Object.entries(resourceTags).map(([key, value]) => [`ecr:ResourceTag/${key}`, value])),
  };
}
