import type { Assemblies } from './assemblies';
import { failedProblems } from './dead-letters';
import { type CaseResult, expectedSurvival, type FaultCase, isAnswer, type Survival, TIMES } from './fault-case';
import { type Attempt, attemptOf, batchAttemptOf, logProblems } from './log-check';
import { missingSettings } from './repositories';
import { SUBJECT } from './situation';
import { World } from './world';
import type { Template } from '../local-aws/cloud-assembly';
import { type JsonObject, objectOf } from '../local-aws/json';
import type { QueueMessage } from '../local-aws/queue';

/** Lambda's attempts at an asynchronous invocation. */
const ATTEMPTS = 3;

/** Whose events are replayed together with the subject's. */
const NEIGHBOURS = ['backend/before', 'frontend/behind'];

/** Runs a case in a world of its own. */
export async function runCase(tried: FaultCase, { impatient, standard }: Assemblies): Promise<CaseResult> {
  const { call, fault, path, situation, times } = tried;
  const world = await World.open(fault.waits === 'for the rest of the answer' ? impatient : standard, path === 'batch' ? largerBatches : undefined);
  try {
    const wrong = await situation.prepare(world);
    const earlier = { lines: world.lines.length, invocations: world.lambda.invocations.length };
    const arm = (): void => world.injector.arm({
      fault, action: call.action, repositoryName: SUBJECT, times: TIMES[times], oneRequest: path === 'two events',
    });
    const { attempts, names, problems, replay, survival } = path === 'redrive' || path === 'batch'
      ? await failInReplay(world, tried, arm)
      : await failInEvent(world, tried, arm, earlier.invocations);
    // Here the event is in the queue, or all is done.
    const untraced = survival === 'at once' ? wrong() : [];
    world.injector.disarm();
    if (survival === 'by redrive') attempts.push(...await replay());

    const left = [
      ...wrong(),
      ...names.filter(name => name !== SUBJECT).flatMap(name => missingSettings(world.aws.ecr.repositories.get(name)).map(what => `${name}: ${what}`)),
      ...world.queue.messages.length > 0 ? [`${world.queue.messages.length} messages stay in the queue`] : [],
      ...world.aws.lost.map(({ reason }) => `the event is lost: ${reason}`),
    ];
    return {
      case: tried,
      struck: world.injector.struck,
      ...untraced.length === 0 && left.length === 0 && { survival },
      problems: [...new Set([
        ...untraced.map(what => `no trace in the queue, and ${what}`),
        ...problems,
        ...left,
        ...survivalProblems(tried, survival),
        ...strikeProblems(tried, world.injector.struck, survival),
        ...logProblems(attempts, world.lines.slice(earlier.lines)),
        ...world.strayEffects(names),
      ])],
    };
  } finally {
    await world.close();
  }
}

/** How it stands when the fault has done its work. */
interface Stand {
  readonly attempts: Attempt[];
  /** The repositories that events ask for. */
  readonly names: readonly string[];
  readonly survival: Survival;
  readonly problems: readonly string[];
  /** Brings everything to its end when the fault is gone. */
  readonly replay: () => Promise<Attempt[]>;
}

async function failInEvent(world: World, tried: FaultCase, arm: () => void, earlierInvocations: number): Promise<Stand> {
  const events = Array.from({ length: tried.path === 'two events' ? 2 : 1 }, () => world.failedPush(SUBJECT));
  arm();
  await world.deliver(...events);
  const { messages } = world.queue;
  const errorType = isAnswer(tried) ? undefined : tried.fault.errorType;
  return {
    attempts: world.lambda.invocations.slice(earlierInvocations).map(attemptOf),
    names: [SUBJECT],
    survival: messages.length === 0 ? 'at once' : 'by redrive',
    problems: messages.flatMap(message => failedProblems(message, events, ATTEMPTS, errorType)),
    replay: async () => (await world.redrive()).map(batchAttemptOf),
  };
}

/** The handler was throttled when the events came, so that all of them are in the queue. */
async function failInReplay(world: World, { path }: FaultCase, arm: () => void): Promise<Stand> {
  const [before, behind] = NEIGHBOURS;
  const names = [before, ...path === 'batch' ? [SUBJECT, SUBJECT] : [SUBJECT], behind];
  world.lambda.reserveConcurrency(0);
  for (const name of names) await world.deliver(world.failedPush(name));
  world.lambda.reserveConcurrency(1);
  const problems = world.queue.messages.length === names.length ? [] : [`${world.queue.messages.length} of ${names.length} events are in the queue`];

  arm();
  const attempts: Attempt[] = [];
  const replay = async (): Promise<Attempt[]> => (await world.redrive()).map(batchAttemptOf);
  for (let round = 0; round < ATTEMPTS; round++) attempts.push(...await replay());
  const left = world.queue.messages.map(repositoryNameOf);
  // A process that ends takes the batch along.
  const held = attempts.some(({ killed }) => killed) && path === 'batch' ? [] : left.filter(name => name !== SUBJECT);
  return {
    attempts,
    names: [...NEIGHBOURS, SUBJECT],
    survival: left.includes(SUBJECT) ? 'by redrive' : 'at once',
    problems: [...problems, ...held.map(name => `the event of ${name} is kept from being replayed`)],
    replay,
  };
}

function survivalProblems(tried: FaultCase, survival: Survival): string[] {
  const expected = expectedSurvival(tried) ?? survival;
  return expected === survival ? [] : [`it survived ${survival}, and should have ${expected}`];
}

/** A case in which nothing went wrong, or less than it says, tests nothing. */
function strikeProblems({ fault, call, ...rest }: FaultCase, struck: number, survival: Survival): string[] {
  const isRepeated = !isAnswer({ call, fault }) && !(fault.when === 'after' && call.changes && call.action !== 'CreateRepository');
  const wanted = isRepeated ? Math.min(TIMES[rest.times], survival === 'by redrive' ? ATTEMPTS : Number.POSITIVE_INFINITY) : 1;
  const least = Number.isFinite(wanted) ? wanted : 1;
  return struck >= least ? [] : [`the fault struck ${struck} times, and should have ${least}`];
}

function repositoryNameOf({ body }: QueueMessage): unknown {
  const message = objectOf(JSON.parse(body));
  const { detail }: JsonObject = objectOf(message.requestPayload ?? message);
  return objectOf(objectOf(detail).requestParameters).repositoryName;
}

function largerBatches({ Resources: resources = {} }: Template): void {
  for (const { Properties: properties, Type: type } of Object.values(resources)) {
    if (type === 'AWS::Lambda::EventSourceMapping') Object.assign(properties!, { BatchSize: 10 });
  }
}
