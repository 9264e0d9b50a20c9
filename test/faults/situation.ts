import { CRASH_AFTER } from './fault';
import { missingSettings, SomebodyElses } from './repositories';
import { World } from './world';

/** The repository whose events things go wrong with. */
export const SUBJECT = 'backend/payments';

/** What an event finds of its repository. */
export interface Situation {
  readonly name: string;
  /** Whether there is a repository of that name. */
  readonly exists: boolean;
  /** Brings it about; gives what is wrong with the repository when everything has been done. */
  readonly prepare: (world: World) => Promise<() => string[]>;
  /** The actions of an event that nothing goes wrong with, in their order. */
  readonly actions: readonly string[];
  /** What goes wrong already without any fault. */
  readonly problems: readonly string[];
}

/** All situations: as many as the handler makes calls for a new repository, each of which can have been the last of an earlier attempt. */
export async function findSituations(assembly: string): Promise<Situation[]> {
  const nothing = await tryOut(assembly, { name: 'no repository is there', exists: false, prepare: async world => subjectProblems(world) });
  const interrupted = nothing.actions.map(action => ({
    name: `an attempt crashed after ${action}`, exists: true, prepare: async (world: World) => crashAfter(world, action),
  }));
  const foreign = { name: 'somebody else\'s repository is there', exists: true, prepare: async (world: World) => somebodyElses(world) };
  return [nothing, ...await Promise.all([...interrupted, foreign].map(async situation => tryOut(assembly, situation)))];
}

async function tryOut(assembly: string, situation: Omit<Situation, 'actions' | 'problems'>): Promise<Situation> {
  const world = await World.open(assembly);
  try {
    const wrong = await situation.prepare(world);
    const earlier = world.callsOn(SUBJECT).length;
    await world.deliver(world.failedPush(SUBJECT));
    const problems = [...wrong(), ...world.queue.messages.length > 0 ? ['the event is in the dead-letter queue'] : []];
    return { ...situation, actions: world.callsOn(SUBJECT).slice(earlier), problems };
  } finally {
    await world.close();
  }
}

function subjectProblems(world: World): () => string[] {
  return () => missingSettings(world.aws.ecr.repositories.get(SUBJECT));
}

/** Lambda never tries that event again: only another one can complete the repository. */
async function crashAfter(world: World, action: string): Promise<() => string[]> {
  world.injector.arm({ fault: CRASH_AFTER, action, repositoryName: SUBJECT, times: 1 });
  const { failure } = await world.lambda.invoke(world.failedPush(SUBJECT));
  world.injector.disarm();
  if (failure?.errorType !== CRASH_AFTER.errorType) throw new Error(`the attempt did not crash after ${action}`);
  return subjectProblems(world);
}

async function somebodyElses(world: World): Promise<() => string[]> {
  const repository = new SomebodyElses(world.aws.ecr, SUBJECT);
  return () => repository.changes();
}
