import { batchAttemptOf, logProblems } from './log-check';
import { BLOCKER, type Obstacle } from './obstacle';
import { missingSettings } from './repositories';
import { World } from './world';
import { type JsonObject, objectOf } from '../local-aws/json';
import { buildOciImage } from '../local-aws/oci-image';
import { findPushClient } from '../local-aws/push-clients';

/** How the events of an obstacle ended. */
export interface ObstacleResult {
  readonly name: string;
  readonly events: number;
  /** How many of them were in the queue. */
  readonly deadLetters: number;
  /** How many of the repositories a replay created. */
  readonly created: number;
  readonly problems: readonly string[];
}

export const REPOSITORIES = ['backend/payments', 'backend/ledger', 'frontend/web'];
const IMAGE = buildOciImage(3);

/** Pushes to repositories that do not exist, and replays what could not be delivered when the obstacle is gone. */
export async function runObstacle({ check, mend, mutateTemplate, name, obstruct }: Obstacle, assembly: string): Promise<ObstacleResult> {
  const world = await World.open(assembly, mutateTemplate);
  try {
    const events = matchedEvents(world);
    await obstruct(world, async () => {
      await pushAll(world);
    });
    await world.aws.idle();
    const { messages } = world.queue;
    const deadLetters = messages.length;
    const problems = [
      ...deadLetters === events.length && deadLetters >= REPOSITORIES.length ? [] : [`${deadLetters} of ${events.length} events are in the queue`],
      ...messages.flatMap(message => check(message, events)),
    ];
    const early = REPOSITORIES.filter(repository => world.aws.ecr.repositories.has(repository));

    mend?.(world);
    const earlier = world.lines.length;
    const attempts = (await world.redrive()).map(batchAttemptOf);
    const missing = REPOSITORIES.map(repository => missingSettings(world.aws.ecr.repositories.get(repository)).map(what => `${repository}: ${what}`));
    return {
      name,
      events: events.length,
      deadLetters,
      created: missing.filter(({ length }) => length === 0).length,
      problems: [...new Set([
        ...problems,
        ...early.map(repository => `${repository} was there before the replay`),
        ...missing.flat(),
        ...messages.length === 0 ? [] : [`${messages.length} messages stay in the queue`],
        ...world.aws.lost.map(({ reason }) => `an event is lost: ${reason}`),
        ...logProblems(attempts, world.lines.slice(earlier)),
        ...world.strayEffects([...REPOSITORIES, BLOCKER]),
        ...(await pushAll(world)).map(repository => `the push to ${repository} fails again`),
      ])],
    };
  } finally {
    await world.close();
  }
}

/** @returns the repositories that the push failed of */
async function pushAll({ aws }: World): Promise<string[]> {
  const client = await findPushClient('embedded');
  const failed: string[] = [];
  for (const repository of REPOSITORIES) {
    const { ok } = await client.push(IMAGE, { host: aws.registryHost, repository, tag: '1.0' });
    if (!ok) failed.push(repository);
  }
  return failed;
}

/** The events of the pushes that the rule matches, as they come. */
function matchedEvents({ aws }: World): JsonObject[] {
  const events: JsonObject[] = [];
  aws.onTimeline(({ details: { event, rules }, source }) => {
    if (source !== 'events' || !Array.isArray(rules) || rules.length === 0) return;
    const { repositoryName } = objectOf(objectOf(objectOf(event).detail).requestParameters);
    if (REPOSITORIES.includes(String(repositoryName))) events.push(objectOf(event));
  });
  return events;
}
