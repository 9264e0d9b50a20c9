import { randomUUID } from 'node:crypto';
import { isObject, JsonObject, listOf, objectOf } from './json';
import type { EndedCall } from './local-ecr';
import type { PushCall } from './oci-registry';
import { Environment, stableSuffix } from './physical-resource';
import type { RoleSession } from './role-session';

/** The `userIdentity` of a CloudTrail record. */
export type UserIdentity = JsonObject;

interface RecordedCall {
  readonly eventName: string;
  readonly repositoryName: string;
  readonly requestParameters: JsonObject;
  readonly responseElements?: JsonObject;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly identity: UserIdentity;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly time: Date;
}

/**
 * The event that EventBridge gets of a push call that failed.
 *
 * @returns nothing for a call that only reads: a rule in state ENABLED does not get those
 */
export function pushEvent(environment: Environment, call: PushCall, identity: UserIdentity): JsonObject | undefined {
  if (isReadOnly(call.eventName)) return undefined;
  return callEvent(environment, { ...call, repositoryName: String(call.requestParameters.repositoryName), identity });
}

/**
 * The event that EventBridge gets of a call of ECR's API that a role's session made.
 *
 * @returns nothing for a call that only reads, or names no repository
 */
export function apiCallEvent(
  environment: Environment, { action, error, input, output }: EndedCall, { callerArn, roleArn }: RoleSession,
): JsonObject | undefined {
  const { repositoryName, tags, ...parameters } = objectOf(input);
  if (isReadOnly(action) || typeof repositoryName !== 'string') return undefined;
  return callEvent(environment, {
    eventName: action,
    repositoryName,
    requestParameters: {
      repositoryName,
      ...parameters,
      ...(tags !== undefined && { tags: listOf(tags).map(objectOf).map(({ Key: key, Value: value }) => ({ key, value })) }),
    },
    responseElements: withWrittenDate(objectOf(output)),
    errorCode: error?.name,
    errorMessage: error?.message,
    identity: assumedRoleIdentity(environment, roleArn, callerArn.slice(callerArn.lastIndexOf('/') + 1)),
    sourceIp: '127.0.0.1',
    userAgent: 'local-aws',
    time: new Date(),
  });
}

function isReadOnly(eventName: string): boolean {
  return /^(BatchCheck|BatchGet|Describe|Get|List)/.test(eventName);
}

/** CloudTrail writes out the time that the API gives as a number. */
function withWrittenDate({ repository, ...elements }: JsonObject): JsonObject {
  if (!isObject(repository)) return elements;
  const created = new Date(Number(repository.createdAt) * 1_000);
  const createdAt = created.toLocaleString('en-US', { timeZone: 'UTC', dateStyle: 'medium', timeStyle: 'medium' });
  return { repository: { ...repository, createdAt }, ...elements };
}

function callEvent({ account, partition, region }: Environment, call: RecordedCall): JsonObject {
  // CloudTrail has no fractions of a second.
  const time = call.time.toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    'version': '0',
    'id': randomUUID(),
    'detail-type': 'AWS API Call via CloudTrail',
    'source': 'aws.ecr',
    'account': account,
    'time': time,
    'region': region,
    'resources': [],
    'detail': {
      eventVersion: '1.11',
      userIdentity: call.identity,
      eventTime: time,
      eventSource: 'ecr.amazonaws.com',
      eventName: call.eventName,
      awsRegion: region,
      sourceIPAddress: call.sourceIp,
      userAgent: call.userAgent,
      ...(call.errorCode !== undefined && { errorCode: call.errorCode, errorMessage: call.errorMessage }),
      requestParameters: call.requestParameters,
      responseElements: call.errorCode === undefined ? call.responseElements ?? null : null,
      requestID: randomUUID(),
      eventID: randomUUID(),
      readOnly: false,
      resources: [{ accountId: account, ARN: `arn:${partition}:ecr:${region}:${account}:repository/${call.repositoryName}` }],
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: account,
      eventCategory: 'Management',
    },
  };
}

/** A session of a role as CloudTrail names it. */
export function assumedRoleIdentity({ account, partition }: Environment, roleArn: string, sessionName: string): UserIdentity {
  const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  const principalId = `AROA${stableSuffix(17, roleArn)}`;
  return {
    type: 'AssumedRole',
    principalId: `${principalId}:${sessionName}`,
    arn: `arn:${partition}:sts::${account}:assumed-role/${roleName}/${sessionName}`,
    accountId: account,
    accessKeyId: `ASIA${stableSuffix(16, roleArn, sessionName)}`,
    sessionContext: {
      sessionIssuer: { type: 'Role', principalId, arn: roleArn, accountId: account, userName: roleName },
      attributes: { creationDate: new Date().toISOString().replace(/\.\d+Z$/, 'Z'), mfaAuthenticated: 'false' },
    },
  };
}

/** An IAM user as CloudTrail names it. */
export function iamUserIdentity({ account, partition }: Environment, userName: string, path = '/'): UserIdentity {
  const arn = `arn:${partition}:iam::${account}:user${path}${userName}`;
  return {
    type: 'IAMUser',
    principalId: `AIDA${stableSuffix(17, arn)}`,
    arn,
    accountId: account,
    accessKeyId: `AKIA${stableSuffix(16, arn)}`,
    userName,
  };
}
