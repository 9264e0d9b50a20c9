import { matchesArn } from './arn-pattern';
import type { CreationSettings, LoadedConfiguration } from './configuration';
import type { PushAttempt } from './push-event';
import { isRepositoryName } from './repository-name';

/** Why an event creates nothing. */
export interface Rejection {
  readonly reason:
  | 'NotAFailedPush' | 'OtherAccount' | 'OtherRegion' | 'OtherRegistry' | 'InvalidName'
  | 'NotAllowedPrefix' | 'DeniedPrefix' | 'NotAllowedPrincipal';
  readonly explanation: string;
}

export type Decision =
  | { readonly create: CreationSettings; readonly rejection?: undefined }
  | { readonly create?: undefined; readonly rejection: Rejection };

/** What the policy says of a failed push: create its repository with these settings, or nothing. */
export function decide(attempt: PushAttempt, configuration: LoadedConfiguration): Decision {
  const [, , , region, account] = configuration.repositoryArnPrefix.split(':');
  const { repositoryName } = attempt;

  // The default bus also carries what other accounts and Regions forward to it.
  if (attempt.account !== account || attempt.recipientAccountId !== account) {
    return reject('OtherAccount', 'the event is another account\'s');
  }
  if (attempt.region !== region) {
    return reject('OtherRegion', 'the event is another Region\'s');
  }
  if ('id' in attempt.registry && attempt.registry.id !== account) {
    return reject('OtherRegistry', 'the push went to another registry');
  }
  if (configuration.allowedPrefixes?.every(prefix => !repositoryName.startsWith(prefix))) {
    return reject('NotAllowedPrefix', 'its name starts with none of allowedPrefixes');
  }
  if (!isRepositoryName(repositoryName)) {
    return reject('InvalidName', 'it is not a name that ECR accepts');
  }
  const denied = configuration.deniedPrefixes?.find(prefix => repositoryName.startsWith(prefix));
  if (denied !== undefined) {
    return reject('DeniedPrefix', `its name starts with ${denied}, one of deniedPrefixes`);
  }
  const { principalArn } = attempt;
  if (configuration.allowedPrincipals?.every(pattern => principalArn === undefined || !matchesArn(pattern, principalArn))) {
    return reject('NotAllowedPrincipal', principalArn === undefined
      ? 'the event does not name the principal that pushed'
      : `${principalArn} is none of allowedPrincipals`);
  }
  return { create: settingsFor(repositoryName, configuration) };
}

/** Of several overrides that match, the one with the longest prefix applies. */
function settingsFor(repositoryName: string, { settings, overrides }: LoadedConfiguration): CreationSettings {
  let longest: LoadedConfiguration['overrides'][number] | undefined;
  for (const override of overrides) {
    if (repositoryName.startsWith(override.prefix) && override.prefix.length > (longest?.prefix.length ?? -1)) longest = override;
  }
  return (longest?.settings ?? settings)();
}

function reject(reason: Rejection['reason'], explanation: string): Decision {
  return { rejection: { reason, explanation } };
}
