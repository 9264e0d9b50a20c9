import { ACCOUNT, ASSUMED_ROLE, failedPush, REGION } from './fixtures';
import { readPushEvent } from '../../src/handler/push-event';

test('reads who pushed what, from where and when', () => {
  expect(readPushEvent(failedPush())).toEqual({
    repositoryName: 'backend/payments',
    pushedBy: ASSUMED_ROLE.arn,
    sourceIpAddress: '203.0.113.12',
    time: Date.UTC(2026, 10, 2, 9, 14, 31),
    account: ACCOUNT,
    recipientAccountId: ACCOUNT,
    region: REGION,
    registry: { id: ACCOUNT },
  });
});

test('reads a push that begins with the manifest', () => {
  expect(readPushEvent(failedPush({ detail: { eventName: 'PutImage' } }))?.repositoryName).toBe('backend/payments');
});

test('tells a registry that is not named from one that is null', () => {
  expect(readPushEvent(failedPush({ requestParameters: { registryId: undefined } }))?.registry).toEqual({});
  expect(readPushEvent(failedPush({ requestParameters: { registryId: null } }))?.registry).toEqual({ id: null });
});

test.each([
  ['a user\'s ARN', { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/dev/jo` }, `arn:aws:iam::${ACCOUNT}:user/dev/jo`],
  ['a principal id without an ARN', { type: 'AWSAccount', principalId: 'AIDAEXAMPLE' }, 'AIDAEXAMPLE'],
  ['only a type', { type: 'Unknown' }, 'Unknown'],
  ['values of another type', { type: 7, arn: ['x'], principalId: null }, undefined],
  ['no identity', null, undefined],
])('names the pusher by %s', (_case, userIdentity, pushedBy) => {
  expect(readPushEvent(failedPush({ detail: { userIdentity } }))).toMatchObject({ repositoryName: 'backend/payments' });
  expect(readPushEvent(failedPush({ detail: { userIdentity } }))?.pushedBy).toBe(pushedBy);
});

test.each(['yesterday', 17, null, undefined])('does without a usable time: %j', eventTime => {
  expect(readPushEvent(failedPush({ detail: { eventTime } }))?.time).toBeUndefined();
});

test.each<[string, unknown]>([
  ['undefined', undefined], ['null', null], ['text', 'event'], ['a number', 7], ['an empty object', {}], ['an array', []],
  ['another source', failedPush({ envelope: { source: 'custom.ecr' } })],
  ['no detail', failedPush({ envelope: { detail: undefined } })],
  ['a null detail', failedPush({ envelope: { detail: null } })],
  ['a call that is not a push', failedPush({ detail: { eventName: 'DescribeImages' } })],
  ['an event name of another type', failedPush({ detail: { eventName: ['PutImage'] } })],
  ['a push that succeeded', failedPush({ detail: { errorCode: undefined } })],
  ['a push that was denied', failedPush({ detail: { errorCode: 'AccessDenied' } })],
  ['no request parameters', failedPush({ detail: { requestParameters: null } })],
  ['no name', failedPush({ requestParameters: { repositoryName: undefined } })],
  ['a name of another type', failedPush({ repositoryName: { toString: 'x' } })],
])('finds no failed push in %s', (_case, event) => {
  expect(readPushEvent(event)).toBeUndefined();
});
