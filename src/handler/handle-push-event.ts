import type { ECRClient } from '@aws-sdk/client-ecr';
import type { CreationSettings, HandlerConfiguration } from './configuration';
import { decide, type Rejection } from './decision';
import { completeOwnRepository, createRepository, putPolicies } from './ecr-repository';
import { logOutcome } from './outcome';
import { type PushAttempt, readPushEvent } from './push-event';

const NOT_A_FAILED_PUSH: Rejection = {
  reason: 'NotAFailedPush',
  explanation: 'the event is not a push to Amazon ECR that failed for want of its repository',
};

/**
 * Event in, repository or rejection out, with one log line.
 *
 * Every error is thrown: Lambda retries the event and then sends it to the dead-letter queue.
 */
export async function handlePushEvent(
  event: unknown, requestId: string | undefined, configuration: HandlerConfiguration, client: ECRClient,
): Promise<void> {
  const attempt = readPushEvent(event);
  if (attempt === undefined) {
    logOutcome({ outcome: 'rejected', rejection: NOT_A_FAILED_PUSH }, attempt, requestId);
    return;
  }
  const { rejection, create } = decide(attempt, configuration);
  if (rejection !== undefined) {
    logOutcome({ outcome: 'rejected', rejection }, attempt, requestId);
    return;
  }
  await createConfigured(attempt, create, requestId, configuration, client);
}

async function createConfigured(
  attempt: PushAttempt, settings: CreationSettings, requestId: string | undefined, configuration: HandlerConfiguration, client: ECRClient,
): Promise<void> {
  const { repositoryName } = attempt;
  let created = false;
  try {
    created = await createRepository(client, repositoryName, settings);
    if (created) {
      await putPolicies(client, repositoryName, settings);
      logOutcome({ outcome: 'created' }, attempt, requestId);
      return;
    }
    const arn = `${configuration.repositoryArnPrefix}${repositoryName}`;
    const completed = await completeOwnRepository(client, arn, repositoryName, configuration.owner, settings);
    logOutcome(completed.length > 0 ? { outcome: 'completed', completed } : { outcome: 'exists' }, attempt, requestId);
  } catch (error) {
    logOutcome({ outcome: 'failed', error, created }, attempt, requestId);
    throw error;
  }
}
