import * as fc from 'fast-check';
import { placeOf, type Policy } from './contract';
import { anyJson, huge } from './json-text';
import { ACCOUNT, OTHER_ACCOUNT } from './policies';

export type JsonObject = Record<string, unknown>;

/** A failed push in the policy's registry, as CloudTrail and EventBridge report it. */
export function pushEvent(policy: Policy, repositoryName: unknown, identity: unknown, circumstances: JsonObject = {}): JsonObject {
  const { region } = placeOf(policy);
  return {
    'version': '0',
    'id': '7bf73129-1428-4cd3-a780-95db273d1602',
    'detail-type': 'AWS API Call via CloudTrail',
    'source': 'aws.ecr',
    'account': ACCOUNT,
    'time': '2026-11-02T09:14:31Z',
    'region': region,
    'resources': [],
    'detail': {
      eventVersion: '1.11',
      userIdentity: identity,
      eventTime: '2026-11-02T09:14:31Z',
      eventSource: 'ecr.amazonaws.com',
      eventName: 'InitiateLayerUpload',
      awsRegion: region,
      sourceIPAddress: '203.0.113.12',
      userAgent: 'docker/29.7.2',
      errorCode: 'RepositoryNotFoundException',
      errorMessage: 'The repository does not exist',
      requestParameters: { registryId: ACCOUNT, repositoryName },
      responseElements: null,
      readOnly: false,
      recipientAccountId: ACCOUNT,
      ...circumstances,
    },
  };
}

/** Every place in such an event. */
const PATHS: readonly (readonly string[])[] = [
  [], ['version'], ['id'], ['detail-type'], ['source'], ['account'], ['time'], ['region'], ['resources'], ['detail'],
  ...[
    'eventVersion', 'userIdentity', 'eventTime', 'eventSource', 'eventName', 'awsRegion', 'sourceIPAddress', 'userAgent', 'errorCode', 'errorMessage',
    'requestParameters', 'responseElements', 'readOnly', 'recipientAccountId',
  ].map(key => ['detail', key]),
  ...['registryId', 'repositoryName'].map(key => ['detail', 'requestParameters', key]),
  ...['type', 'arn', 'principalId', 'sessionContext'].map(key => ['detail', 'userIdentity', key]),
  ['detail', 'userIdentity', 'sessionContext', 'sessionIssuer'], ['detail', 'userIdentity', 'sessionContext', 'sessionIssuer', 'arn'],
];

/** Keys that are something else on every object, and those that mean something elsewhere. */
const KEYS = [
  '__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'toJSON', 'hasOwnProperty', 'length', 'then', 'Records', 'requestContext', 'requestPayload',
  'registryId', 'repositoryName', 'source', 'detail', 'account', 'errorCode', '_aws', 'message', 'outcome', '', '\n',
];

const EVENT_VALUES: unknown[] = [
  ACCOUNT, OTHER_ACCOUNT, Number(ACCOUNT), 'aws.ecr', 'aws.s3', 'PutImage', 'PutImages', 'AccessDenied', 'RepositoryNotFoundException', 'us-east-1', 'IAMUser',
];

type Change = (old: unknown) => unknown;

const textOf = (value: unknown) => typeof value === 'string' ? value : JSON.stringify(value);

/** Left out of its object. */
const REMOVED = Symbol('removed');

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Change>(() => REMOVED) },
  { weight: 4, arbitrary: anyJson.map((value): Change => () => value) },
  { weight: 3, arbitrary: fc.constantFrom(...EVENT_VALUES).map((value): Change => () => value) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Change>(
      old => [old], old => ({ old }), old => [old, old], old => textOf(old), old => `${textOf(old)} `, old => textOf(old).toUpperCase(),
      old => `${textOf(old)}\n`,
      old => huge(textOf(old).charAt(0) || 'x', 50_000),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom(...KEYS), fc.oneof(anyJson, fc.constantFrom(...EVENT_VALUES)))
      .map(([key, value]): Change => old => withKey(old, key, value)),
  },
);

/** One change at one place. */
export const mutation = fc.record({ path: fc.constantFrom(...PATHS), change });
export type Mutation = { readonly path: readonly string[]; readonly change: Change };

/** Applies changes, each to what the one before left. */
export function mutate(event: unknown, mutations: readonly Mutation[]): unknown {
  return mutations.reduce((changed, { path, change: to }) => changeAt(changed, path, to), event);
}

function changeAt(value: unknown, path: readonly string[], to: Change): unknown {
  const [key, ...rest] = path;
  if (path.length === 0) {
    const changed = to(value);
    return changed === REMOVED ? null : changed;
  }
  // An earlier change can have taken the place away.
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) return value;
  const inner = (value as JsonObject)[key];
  const changed = rest.length === 0 ? to(inner) : changeAt(inner, rest, to);
  return Object.fromEntries(Object.entries(value).flatMap(([name, old]) => {
    if (name !== key) return [[name, old]];
    return changed === REMOVED ? [] : [[name, changed]];
  }));
}

/** Also `__proto__` as a key of its own, as JSON can have it. */
function withKey(old: unknown, key: string, value: unknown): unknown {
  return Object.fromEntries([...Object.entries(typeof old === 'object' && old !== null ? old : {}), [key, value]]);
}
