import { isObject, type JsonObject, objectOf } from '../../local-aws/json';
import type { Environment } from '../../local-aws/physical-resource';

/** What a rule is for, as the props of its construct say. */
export type Purpose = FailedPushes | CreatedRepositories;

export interface FailedPushes {
  readonly of: 'failed pushes';
  /** Without them, every name. */
  readonly allowedPrefixes?: readonly string[];
}

export interface CreatedRepositories {
  readonly of: 'created repositories';
  /** The ARNs of the roles that create. */
  readonly creators: readonly string[];
  /** What the user of `onRepositoryCreated` asked for besides. */
  readonly namePrefix?: string;
}

/**
 * Whether the contract has a rule match an event. It knows nothing of patterns.
 *
 * A list in an event stands for each of its elements, as EventBridge documents; what is neither there nor a value is not said.
 */
export function shouldMatch(purpose: Purpose, { account, region }: Environment, event: JsonObject): boolean {
  const { detail } = event;
  const { eventName, eventSource } = objectOf(detail);
  return says(event.source, 'aws.ecr')
    && says(event['detail-type'], 'AWS API Call via CloudTrail')
    && says(event.account, account)
    && says(event.region, region)
    && says(eventSource, 'ecr.amazonaws.com')
    && (purpose.of === 'failed pushes'
      ? says(eventName, 'InitiateLayerUpload', 'PutImage') && isMissingRepository(purpose, account, objectOf(detail))
      : says(eventName, 'CreateRepository') && isCreation(purpose, objectOf(detail)));
}

function isMissingRepository({ allowedPrefixes }: FailedPushes, account: string, { errorCode, requestParameters }: JsonObject): boolean {
  const { registryId, repositoryName } = objectOf(requestParameters);
  return says(errorCode, 'RepositoryNotFoundException')
    && (valuesOf(registryId).length === 0 || says(registryId, account))
    && (allowedPrefixes === undefined || beginsWith(repositoryName, allowedPrefixes));
}

function isCreation({ creators, namePrefix }: CreatedRepositories, { errorCode, requestParameters, userIdentity }: JsonObject): boolean {
  const { sessionIssuer } = objectOf(objectOf(userIdentity).sessionContext);
  return valuesOf(errorCode).length === 0
    && says(objectOf(sessionIssuer).arn, ...creators)
    && (namePrefix === undefined || beginsWith(objectOf(requestParameters).repositoryName, [namePrefix]));
}

function says(value: unknown, ...expected: string[]): boolean {
  return valuesOf(value).some(each => typeof each === 'string' && expected.includes(each));
}

function beginsWith(value: unknown, prefixes: readonly string[]): boolean {
  return valuesOf(value).some(each => typeof each === 'string' && prefixes.some(prefix => each.startsWith(prefix)));
}

/** What a field says: null is something, an object is not. */
function valuesOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(valuesOf);
  return value === undefined || isObject(value) ? [] : [value];
}
