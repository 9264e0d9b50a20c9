import { assumedRoleIdentity, iamUserIdentity, type UserIdentity } from '../../local-aws/cloudtrail';
import type { Environment } from '../../local-aws/physical-resource';

/** Who calls, of every type that CloudTrail documents. */
export function identities(environment: Environment): UserIdentity[] {
  const { account: accountId, partition } = environment;
  const arn = (service: string, resource: string) => `arn:${partition}:${service}::${accountId}:${resource}`;
  const ciRole = arn('iam', 'role/ci/ci-push');
  const session = assumedRoleIdentity(environment, ciRole, 'build-1');
  return [
    session,
    iamUserIdentity(environment, 'jo', '/dev/'),
    { type: 'Root', principalId: accountId, arn: arn('iam', 'root'), accountId, accessKeyId: 'ASIAEXAMPLE' },
    { type: 'Role', principalId: 'AROAEXAMPLE', arn: ciRole, accountId },
    { type: 'FederatedUser', principalId: `${accountId}:jo`, arn: arn('sts', 'federated-user/jo'), accountId, sessionContext: { sessionIssuer: { type: 'IAMUser', arn: arn('iam', 'user/dev/jo') } } },
    { type: 'SAMLUser', principalId: 'SampleUkh1i4=:jo', userName: 'jo', identityProvider: 'SampleUkh1i4=' },
    { type: 'WebIdentityUser', principalId: 'accounts.example.com:application:jo', userName: 'jo', identityProvider: 'accounts.example.com' },
    { type: 'Directory', userName: 'jo' },
    { type: 'AWSAccount', principalId: 'AIDAEXAMPLE:jo', accountId: '210987654321' },
    { type: 'AWSService', invokedBy: 'ecr.amazonaws.com' },
    { type: 'IdentityCenterUser', accountId, onBehalfOf: { userId: '544894e8', identityStoreArn: arn('identitystore', 'identitystore/d-90677') } },
    { type: 'Unknown' },
    // Not documented, and still it may come.
    { ...session, sessionContext: {} },
    { ...session, sessionContext: { sessionIssuer: [{ arn: ciRole }] } },
    {},
  ];
}
