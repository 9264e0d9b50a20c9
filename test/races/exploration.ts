import type { Actor, Course } from './actor';
import type { SharedEcr } from './shared-ecr';

/** Parties at one ECR. */
export interface Race {
  readonly ecr: SharedEcr;
  readonly actors: readonly Actor[];
  /** What is judged in the end beside ECR's state. */
  readonly ledger: () => unknown;
  /** Judges the end, when nobody waits any more. */
  readonly judge: () => Promise<void>;
}

export interface Exploration {
  /** All orders in which the calls can be performed, each with every place of the faults. */
  readonly interleavings: bigint;
  /** In how many of these a handler put a policy over one that a person had put since the handler looked. */
  readonly overwriting: bigint;
  /** The different states on the way. */
  readonly states: number;
}

export interface ExplorationOptions {
  /** How many calls may go wrong in one order, each before it is performed or with its answer lost. @default 0 */
  readonly faults?: number;
  /** Whether orders that lead to one state are continued once. @default true */
  readonly isMerging?: boolean;
}

interface Turn {
  readonly actor: number;
  readonly course: Course;
}

interface Count {
  readonly interleavings: bigint;
  readonly overwriting: bigint;
}

/**
 * Runs a race in every order of its calls.
 *
 * Handlers do the same again after the same answers. So two orders that lead to one state, of ECR and of what each party has seen, go on alike, and
 * are continued once: every state and every step between two is visited, and the orders are counted.
 */
export async function explore(makeRace: () => Race, { faults = 0, isMerging = true }: ExplorationOptions = {}): Promise<Exploration> {
  const counts = new Map<string, Count>();
  const visit = async (turns: readonly Turn[], race: Race): Promise<Count> => {
    const faultsLeft = faults - turns.filter(({ course }) => course !== 'answered').length;
    const state = JSON.stringify([faultsLeft, race.ecr.state, race.ledger(), race.actors.map(({ memory, waitsFor }) => [memory, waitsFor])]);
    const known = counts.get(state);
    if (known !== undefined && isMerging) return known;

    const next = race.actors.flatMap((each, actor) => coursesOf(each, faultsLeft).map(course => ({ actor, course })));
    let count = { interleavings: 0n, overwriting: 0n };
    if (next.length === 0) {
      await explained(turns, race, async () => race.judge());
      count = { interleavings: 1n, overwriting: race.ecr.overwritten > 0 ? 1n : 0n };
    }
    for (const [index, turn] of next.entries()) {
      // A race goes on once; for another turn, it is run again up to here.
      const current = index === 0 ? race : await replay(makeRace, turns);
      await proceed(turns, current, turn);
      const { interleavings, overwriting } = await visit([...turns, turn], current);
      count = { interleavings: count.interleavings + interleavings, overwriting: count.overwriting + overwriting };
    }
    counts.set(state, count);
    return count;
  };
  return { ...await visit([], await replay(makeRace, [])), states: counts.size };
}

async function replay(makeRace: () => Race, turns: readonly Turn[]): Promise<Race> {
  const race = makeRace();
  for (const actor of race.actors) await actor.start();
  for (const turn of turns) await proceed(turns, race, turn);
  return race;
}

async function proceed(turns: readonly Turn[], race: Race, { actor, course }: Turn): Promise<void> {
  await explained(turns, race, async () => race.actors[actor].proceed(race.ecr, course));
}

/** Only what goes over the network to a handler can go wrong. */
function coursesOf({ party, waitsFor }: Actor, faultsLeft: number): Course[] {
  if (waitsFor === undefined) return [];
  return party.owner === undefined || faultsLeft === 0 ? ['answered'] : ['answered', 'failed', 'answer lost'];
}

/** An error tells the order that leads to it. */
async function explained(turns: readonly Turn[], { actors }: Race, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const order = turns.map(({ actor, course }) => `  ${actors[actor].party.name} ${course}`).join('\n');
    const stories = actors.map(({ party, story }) => `  ${party.name}:\n${story.map(line => `    ${line.slice(0, 200)}`).join('\n')}`).join('\n');
    throw new Error(`${error instanceof Error ? error.message : String(error)}\norder of the calls:\n${order}\nwhat each saw:\n${stories}`);
  }
}
