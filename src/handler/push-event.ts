/** A push that ECR refused because the repository does not exist. Its origin is as the event has it: unchecked. */
export interface PushAttempt {
  readonly repositoryName: string;

  /** The caller, e.g. an assumed role's session. */
  readonly pushedBy?: string;

  /** Whom policies name: the caller's ARN, or the ARN of the role that it assumed. */
  readonly principalArn?: string;
  readonly sourceIpAddress?: string;

  /** When ECR refused the push, in milliseconds since the epoch. */
  readonly time?: number;

  readonly account: unknown;
  readonly recipientAccountId: unknown;
  readonly region: unknown;

  /** What is there where the push names its registry. */
  readonly registry: { readonly id?: unknown };
}

/** What the rule matches, and the handler checks again. */
export const PUSH_EVENT_SOURCE = 'aws.ecr';
export const PUSH_ERROR_CODE = 'RepositoryNotFoundException';
/** The first calls of a push that CloudTrail records as writes; without layers to upload, it begins with PutImage. */
export const FAILED_PUSH_EVENTS = ['InitiateLayerUpload', 'PutImage'];

type Json = Record<string, unknown>;

/**
 * Reads a CloudTrail event as EventBridge delivers it; undefined if it is not a failed push.
 *
 * The rule's pattern is checked again, and every key may be missing or of another type.
 */
export function readPushEvent(event: unknown): PushAttempt | undefined {
  const envelope = object(event);
  const detail = object(envelope.detail);
  const { repositoryName, ...parameters } = object(detail.requestParameters);

  if (
    envelope.source !== PUSH_EVENT_SOURCE ||
    detail.errorCode !== PUSH_ERROR_CODE ||
    typeof detail.eventName !== 'string' ||
    !FAILED_PUSH_EVENTS.includes(detail.eventName) ||
    typeof repositoryName !== 'string'
  ) return undefined;

  return {
    repositoryName,
    pushedBy: pusher(object(detail.userIdentity)),
    principalArn: principalArn(object(detail.userIdentity)),
    sourceIpAddress: text(detail.sourceIPAddress),
    time: timestamp(detail.eventTime),
    account: envelope.account,
    recipientAccountId: detail.recipientAccountId,
    region: envelope.region,
    registry: 'registryId' in parameters ? { id: parameters.registryId } : {},
  };
}

function pusher(identity: Json): string | undefined {
  return text(identity.arn) ?? text(identity.principalId) ?? text(identity.type);
}

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
function principalArn(identity: Json): string | undefined {
  return text(identity.type === 'AssumedRole' ? object(object(identity.sessionContext).sessionIssuer).arn : identity.arn);
}

function timestamp(value: unknown): number | undefined {
  const time = Date.parse(text(value) ?? '');
  return Number.isNaN(time) ? undefined : time;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? value as Json : {};
}
