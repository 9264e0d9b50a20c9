import { ACCOUNT, ASSUMED_ROLE, failedPush, REGION } from './fixtures';
import { readPushEvent } from '../../src/handler/push-event';

test('reads who pushed what, from where and when', () => {
  expect(readPushEvent(failedPush())).toEqual({
    repositoryName: 'backend/payments',
    pushedBy: ASSUMED_ROLE.arn,
    principalArn: `arn:aws:iam::${ACCOUNT}:role/ci-push`,
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

test.each<[string, unknown, string | undefined]>([
  ['a role\'s path', { type: 'AssumedRole', arn: 'x', sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::1:role/ci/deep/push' } } }, 'arn:aws:iam::1:role/ci/deep/push'],
  ['a user\'s ARN', { type: 'IAMUser', arn: 'arn:aws:iam::1:user/jo' }, 'arn:aws:iam::1:user/jo'],
  ['the root user\'s ARN', { type: 'Root', arn: 'arn:aws:iam::1:root' }, 'arn:aws:iam::1:root'],
  ['nothing of an assumed role without its issuer', { type: 'AssumedRole', arn: 'arn:aws:sts::1:assumed-role/ci-push/x' }, undefined],
  ['nothing of an assumed role with an odd issuer', { type: 'AssumedRole', sessionContext: { sessionIssuer: { arn: 7 } } }, undefined],
  ['nothing of an identity without an ARN', { type: 'AWSService', invokedBy: 'x' }, undefined],
])('compares %s', (_case, userIdentity, principalArn) => {
  expect(readPushEvent(failedPush({ detail: { userIdentity } }))?.principalArn).toBe(principalArn);
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
