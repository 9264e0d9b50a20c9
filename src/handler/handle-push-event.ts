import type { ECRClient } from '@aws-sdk/client-ecr';
import type { LoadedConfiguration } from './configuration';
import { creatorTags } from './creator-tag';
import { decide, type Rejection } from './decision';
import { completeOwnRepository, createRepository, type Creation, putPolicies } from './ecr-repository';
import { type Delivery, logOutcome, type Outcome } from './outcome';
import { type PushAttempt, readPushEvent } from './push-event';
import { RecentCreations } from './recent-creations';

const NOT_A_FAILED_PUSH: Rejection = {
  reason: 'NotAFailedPush',
  explanation: 'the event is not a push to Amazon ECR that failed for want of its repository',
};

/**
 * Event in, repository or rejection out, with one log line.
 *
 * Every error is thrown: Lambda retries the event and then sends it to the dead-letter queue.
 * @param recent what the same process has created before
 */
export async function handlePushEvent(
  event: unknown, delivery: Delivery, configuration: LoadedConfiguration, client: ECRClient, recent = new RecentCreations(),
): Promise<Outcome> {
  const attempt = readPushEvent(event);
  if (attempt === undefined) return finish({ outcome: 'rejected', rejection: NOT_A_FAILED_PUSH }, attempt, delivery);

  const { rejection, create } = decide(attempt, configuration);
  if (rejection !== undefined) return finish({ outcome: 'rejected', rejection }, attempt, delivery);

  const { repositoryName } = attempt;
  // Who replays an event wants to know what is there now.
  if (!delivery.redriven && recent.answers(repositoryName, attempt.time)) return finish({ outcome: 'exists' }, attempt, delivery);

  const tags = creatorTags(configuration.creatorTagKey, attempt.principalArn);
  let creation: Creation | undefined;
  try {
    creation = await createRepository(client, repositoryName, create, tags);
    if (creation !== undefined) {
      await putPolicies(client, repositoryName, create);
      if (creation.createdAt !== undefined) recent.add(repositoryName, creation.createdAt);
      return finish({ outcome: 'created' }, attempt, delivery);
    }
    const arn = `${configuration.repositoryArnPrefix}${repositoryName}`;
    const completed = await completeOwnRepository(client, arn, repositoryName, configuration.owner, create);
    return finish(completed.length > 0 ? { outcome: 'completed', completed } : { outcome: 'exists' }, attempt, delivery);
  } catch (error) {
    finish({ outcome: 'failed', error, created: creation !== undefined }, attempt, delivery);
    throw error;
  }
}

function finish(outcome: Outcome, attempt: PushAttempt | undefined, delivery: Delivery): Outcome {
  logOutcome(outcome, attempt, delivery);
  return outcome;
}
