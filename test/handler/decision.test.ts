import { ACCOUNT, CONFIGURATION, failedPush, loaded, REGION } from './fixtures';
import type { HandlerConfiguration } from '../../src/handler/configuration';
import { decide } from '../../src/handler/decision';
import { readPushEvent } from '../../src/handler/push-event';

const OTHER_ACCOUNT = '210987654321';

function decisionOn(overrides: Parameters<typeof failedPush>[0], configuration: HandlerConfiguration = CONFIGURATION) {
  return decide(readPushEvent(failedPush(overrides))!, loaded(configuration));
}

test.each(['backend/payments', 'frontend/web', 'backend/a/b'])('creates an allowed name with the settings: %s', repositoryName => {
  expect(decisionOn({ repositoryName })).toEqual({ create: CONFIGURATION.settings });
});

test('creates every name without a list of prefixes', () => {
  expect(decisionOn({ repositoryName: 'anything/at-all' }, { ...CONFIGURATION, allowedPrefixes: undefined })).toEqual({ create: CONFIGURATION.settings });
});

test('creates where the push does not name its registry', () => {
  expect(decisionOn({ requestParameters: { registryId: undefined } }).create).toBeDefined();
});

test.each<[string, string, Parameters<typeof failedPush>[0]]>([
  ['another account\'s event', 'OtherAccount', { envelope: { account: OTHER_ACCOUNT } }],
  ['an event without an account', 'OtherAccount', { envelope: { account: undefined } }],
  ['an event of which another account is the recipient', 'OtherAccount', { detail: { recipientAccountId: OTHER_ACCOUNT } }],
  ['an event without a recipient', 'OtherAccount', { detail: { recipientAccountId: undefined } }],
  ['an account of another type', 'OtherAccount', { envelope: { account: Number(ACCOUNT) } }],
  ['another Region\'s event', 'OtherRegion', { envelope: { region: 'us-east-1' } }],
  ['another registry', 'OtherRegistry', { requestParameters: { registryId: OTHER_ACCOUNT } }],
  ['a null registry', 'OtherRegistry', { requestParameters: { registryId: null } }],
  ['a name that ECR refuses', 'InvalidName', { repositoryName: 'backend/../secrets' }],
  // The rule would not have let it through: a message with it is somebody else's.
  ['a name that ECR refuses, under no allowed prefix', 'NotAllowedPrefix', { repositoryName: 'Backend/A' }],
  ['a name under another prefix', 'NotAllowedPrefix', { repositoryName: 'sandbox/payments' }],
  ['a name that is a prefix without its slash', 'NotAllowedPrefix', { repositoryName: 'backend' }],
  ['a name that has a prefix further on', 'NotAllowedPrefix', { repositoryName: 'x/backend/payments' }],
])('rejects %s: %s', (_case, reason, overrides) => {
  expect(decisionOn(overrides)).toEqual({ rejection: { reason, explanation: expect.stringMatching(/^\S.*[^.]$/) } });
});

describe('denied prefixes', () => {
  const configuration = { ...CONFIGURATION, deniedPrefixes: ['backend/secret', 'frontend/x/'] };
  test.each(['backend/secret', 'backend/secrets/a', 'frontend/x/y'])('deny %s', repositoryName => {
    expect(decisionOn({ repositoryName }, configuration).rejection?.reason).toBe('DeniedPrefix');
  });
  test.each(['backend/payments', 'frontend/x'])('leave %s', repositoryName => {
    expect(decisionOn({ repositoryName }, configuration).create).toBeDefined();
  });
});

describe('allowed principals', () => {
  const configuration = { ...CONFIGURATION, allowedPrincipals: [`arn:aws:iam::${ACCOUNT}:role/ci-*`, 'arn:aws:iam::*:user/release'] };
  test.each<[string, unknown]>([
    ['a role that matches', undefined],
    ['a user that matches', { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/release` }],
  ])('let %s create', (_case, userIdentity) => {
    expect(decisionOn({ detail: userIdentity === undefined ? {} : { userIdentity } }, configuration).create).toBeDefined();
  });
  test.each<[string, unknown]>([
    ['another user', { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/jo` }],
    ['a role whose session only looks right', {
      type: 'AssumedRole', arn: `arn:aws:iam::${ACCOUNT}:role/ci-push`, sessionContext: { sessionIssuer: { arn: `arn:aws:iam::${ACCOUNT}:role/dev` } },
    }],
    ['nobody', null],
    ['a service', { type: 'AWSService', invokedBy: 'x.amazonaws.com' }],
  ])('do not let %s create', (_case, userIdentity) => {
    expect(decisionOn({ detail: { userIdentity } }, configuration).rejection?.reason).toBe('NotAllowedPrincipal');
  });
});

describe('overrides', () => {
  const settings = (name: string) => ({ repository: { tags: [{ Key: 'settings', Value: name }] } });
  const configuration = {
    ...CONFIGURATION,
    overrides: [{ prefix: 'backend/', settings: settings('short') }, { prefix: 'backend/pay', settings: settings('long') }, { prefix: 'b', settings: settings('shortest') }],
  };
  test.each([
    ['backend/payments', settings('long')], ['backend/api', settings('short')], ['frontend/web', CONFIGURATION.settings],
  ])('the longest prefix of %s applies', (repositoryName, expected) => {
    expect(decisionOn({ repositoryName }, configuration)).toEqual({ create: expected });
  });
});

test('takes account and Region from the registry\'s ARN in every partition', () => {
  const configuration = { ...CONFIGURATION, repositoryArnPrefix: `arn:aws-cn:ecr:cn-north-1:${ACCOUNT}:repository/` };
  expect(decisionOn({ envelope: { region: 'cn-north-1' } }, configuration).create).toBeDefined();
  expect(decisionOn({ envelope: { region: REGION } }, configuration).rejection?.reason).toBe('OtherRegion');
});
