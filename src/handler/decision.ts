import type { CreationSettings, HandlerConfiguration } from './configuration';
import type { PushAttempt } from './push-event';
import { isRepositoryName } from './repository-name';

/** Why an event creates nothing. */
export interface Rejection {
  readonly reason: 'NotAFailedPush' | 'OtherAccount' | 'OtherRegion' | 'OtherRegistry' | 'InvalidName' | 'NotAllowedPrefix';
  readonly explanation: string;
}

export type Decision =
  | { readonly create: CreationSettings; readonly rejection?: undefined }
  | { readonly create?: undefined; readonly rejection: Rejection };

/** What the policy says of a failed push: create its repository with these settings, or nothing. */
export function decide(attempt: PushAttempt, configuration: HandlerConfiguration): Decision {
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
  if (!isRepositoryName(repositoryName)) {
    return reject('InvalidName', 'it is not a name that ECR accepts');
  }
  if (configuration.allowedPrefixes?.every(prefix => !repositoryName.startsWith(prefix))) {
    return reject('NotAllowedPrefix', 'its name starts with none of allowedPrefixes');
  }
  return { create: configuration.settings };
}

function reject(reason: Rejection['reason'], explanation: string): Decision {
  return { rejection: { reason, explanation } };
}
