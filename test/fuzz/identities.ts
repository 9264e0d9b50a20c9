import * as fc from 'fast-check';
import { anyJson, hostileText, huge } from './json-text';

const ARNS = [
  'arn:aws:iam::123456789012:role/ci', 'arn:aws:iam::123456789012:role/dev/jo', 'arn:aws:iam::123456789012:user/ci', 'arn:aws:iam::210987654321:role/ci-push',
];
const arn = fc.constantFrom(...ARNS);

const TYPES = [
  'Root', 'IAMUser', 'AssumedRole', 'Role', 'FederatedUser', 'SAMLUser', 'WebIdentityUser', 'Directory', 'AWSAccount', 'AWSService', 'IdentityCenterUser', 'Unknown',
];

const session = (roleArn: unknown) => ({
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLEID:build',
  arn: 'arn:aws:sts::123456789012:assumed-role/ci/build',
  sessionContext: { sessionIssuer: { type: 'Role', arn: roleArn, userName: 'ci' } },
});

/** Who pushes, as CloudTrail says it. */
export const plainIdentity: fc.Arbitrary<unknown> = fc.oneof(
  arn.map(session),
  arn.map(text => ({ type: 'IAMUser', principalId: 'AIDAEXAMPLEID', arn: text, userName: 'ci' })),
);

/** ARNs at the limits of a tag, and beyond what a tag can hold. */
const hostileArn: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(arn, hostileText).map(([text, more]) => `${text}/${more}`) },
  { weight: 1, arbitrary: fc.tuple(hostileText, arn).map(([more, text]) => `${more}${text}`) },
  { weight: 2, arbitrary: hostileText },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'aws:iam', 'AWS:x', ',aws:x', ' aws:x', 'aws: aws:x', 'aw,s:x', 'aws:,', '  ', '\u00a0', '\u3000x\u3000', ' arn:aws:iam::123456789012:role/ci ', ',,**', '*', `${ARNS[0]}\0`, `${ARNS[0]}\n`, 'ä@ö+ü=ß', '漢字', 'e\u0301',
      'x'.repeat(255) + '😀', 'x'.repeat(254) + '😀', 'x'.repeat(255) + '\ud83d', 'x'.repeat(256), 'x'.repeat(257), 'x'.repeat(255) + '𝒳', `${' '.repeat(256)}x`,
      `${'x'.repeat(250)}          y`, ','.repeat(300) + 'x', '\ud83d,\ude00', huge('a', 2_048), huge('\n', 2_049), huge('*', 50_000), huge('\u0001', 150_000), huge('x', 200_000),
    ),
  },
  // Names of this alphabet often are of 256 and some characters.
  { weight: 2, arbitrary: fc.string({ unit: fc.constantFrom('a', '😀', ',', ' ', '\ud83d', 'é', '/', '\u0301'), minLength: 240, maxLength: 300 }) },
  { weight: 2, arbitrary: anyJson },
);

/** Anything where the event says who pushed. */
export const hostileIdentity: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...TYPES), hostileArn).map(([type, text]) => ({ type, arn: text, principalId: 'AIDAEXAMPLEID' })) },
  { weight: 4, arbitrary: hostileArn.map(session) },
  { weight: 1, arbitrary: fc.tuple(anyJson, arn, hostileText).map(([type, text, principalId]) => ({ type, arn: text, principalId })) },
  { weight: 1, arbitrary: hostileText.map(principalId => ({ type: 'Unknown', principalId })) },
  { weight: 1, arbitrary: hostileText.map(type => ({ type })) },
  { weight: 1, arbitrary: anyJson.map(sessionContext => ({ type: 'AssumedRole', arn: ARNS[0], sessionContext })) },
  { weight: 1, arbitrary: anyJson.map(sessionIssuer => ({ type: 'AssumedRole', arn: ARNS[0], sessionContext: { sessionIssuer } })) },
  { weight: 1, arbitrary: anyJson },
);

/** Where and when, which nobody checks. */
export const hostileCircumstances: fc.Arbitrary<Record<string, unknown>> = fc.record({
  sourceIPAddress: fc.oneof(fc.constantFrom<unknown>('203.0.113.12', '2001:db8::1', 'AWS Internal'), anyJson),
  eventTime: fc.oneof(fc.constantFrom<unknown>(
    '2026-11-02T09:14:31Z', '2999-01-01T00:00:00Z', '-271821-04-20T00:00:00Z', '+275760-09-13T00:00:00Z', '0', '1', 'now', '2026-13-45', 'x 1', '1e400', 1_762_074_871, null,
  ), anyJson),
  userAgent: anyJson,
  errorMessage: anyJson,
}, { requiredKeys: [] });
