import { ACCOUNT, CONFIGURATION, failedPush, REGION } from './fixtures';
import { decide } from '../../src/handler/decision';
import { readPushEvent } from '../../src/handler/push-event';

const OTHER_ACCOUNT = '210987654321';

function decisionOn(overrides: Parameters<typeof failedPush>[0], configuration = CONFIGURATION) {
  return decide(readPushEvent(failedPush(overrides))!, configuration);
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
  ['a name under another prefix', 'NotAllowedPrefix', { repositoryName: 'sandbox/payments' }],
  ['a name that is a prefix without its slash', 'NotAllowedPrefix', { repositoryName: 'backend' }],
  ['a name that has a prefix further on', 'NotAllowedPrefix', { repositoryName: 'x/backend/payments' }],
])('rejects %s: %s', (_case, reason, overrides) => {
  expect(decisionOn(overrides)).toEqual({ rejection: { reason, explanation: expect.stringMatching(/^\S.*[^.]$/) } });
});

test('takes account and Region from the registry\'s ARN in every partition', () => {
  const configuration = { ...CONFIGURATION, repositoryArnPrefix: `arn:aws-cn:ecr:cn-north-1:${ACCOUNT}:repository/` };
  expect(decisionOn({ envelope: { region: 'cn-north-1' } }, configuration).create).toBeDefined();
  expect(decisionOn({ envelope: { region: REGION } }, configuration).rejection?.reason).toBe('OtherRegion');
});
