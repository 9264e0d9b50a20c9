import type * as fc from 'fast-check';
import type { Call, Course } from './actor';
import { BrokenRule } from './broken-rule';
import type { DeployedConstruct } from './deployed-constructs';
import { checkLook } from './look-rule';
import { deliver, partyOf, redrive } from './participants';
import { countCreations, judgeRace } from './race-rules';
import { describe, SharedEcr } from './shared-ecr';
import type { HandlerUnderTest } from '../fuzz/handler-under-test';
import { exception } from '../handler/fixtures';

/** Events that come at a time. */
export interface Burst {
  /** Who handles each, and the name that it is for. */
  readonly events: readonly { readonly construct: 0 | 1; readonly repositoryName: string }[];
  /** How each call goes, in the order in which they come; again from the start after the last. */
  readonly courses: readonly Course[];
  /** The calls after which nothing goes wrong any more. */
  readonly mendedAfter: number;
  /** Names that somebody has already. */
  readonly taken: readonly string[];
}

/** What happened. */
export interface BurstSums {
  readonly calls: number;
  readonly faults: number;
  readonly redriven: number;
  readonly repositories: number;
}

/**
 * Runs all events of a burst, with Lambda's retries, and then a redrive of what is in the dead-letter queue; throws unless it ends well.
 *
 * The scheduler decides which call comes to ECR next, and which answer to its handler.
 * @param log what the handlers write
 */
export async function runBurst(
  scheduler: fc.Scheduler, { events, courses, mendedAfter, taken }: Burst,
  { handler, constructs, log }: { handler: HandlerUnderTest; constructs: readonly [DeployedConstruct, DeployedConstruct]; log: readonly string[] },
): Promise<BurstSums> {
  const ecr = new SharedEcr();
  for (const repositoryName of taken) ecr.call({ name: 'somebody' }, 'CreateRepository', { repositoryName });
  const before = new Map(taken.map(name => [name, describe(ecr.ecr.repositories.get(name))]));
  const network = new Network(scheduler, ecr, (call) => call < mendedAfter ? courses[call % courses.length] : 'answered');

  const deliveries = await scheduler.waitFor(Promise.all(events.map(async ({ construct, repositoryName }, index) => {
    const requestId = `event ${index}`;
    const { call, forget } = network.connect(constructs[construct], requestId);
    return deliver(handler, constructs[construct], call, { repositoryName, requestId, onAttempt: forget });
  })));
  network.mend();
  const queued = deliveries.flatMap((delivery, index) => delivery.isInQueue ? [{ delivery, ...events[index] }] : []);
  for (const { delivery, construct, repositoryName } of queued) {
    const { call } = network.connect(constructs[construct], 'redrive');
    delivery.isInQueue = !await scheduler.waitFor(redrive(handler, constructs[construct], call, repositoryName));
  }
  if (network.broken !== undefined) throw network.broken;

  const lines = log.map(line => JSON.parse(line) as Record<string, unknown>);
  judgeRace({ ecr, constructs, deliveries, log: lines, untold: network.untold });
  for (const [name, was] of before) {
    if (describe(ecr.ecr.repositories.get(name)) !== was) throw new BrokenRule(`${name} was somebody's, and was changed`);
  }
  const names = new Set([...events.map(({ repositoryName }) => repositoryName), ...taken]);
  const there = [...ecr.ecr.repositories.keys()];
  if (there.length !== names.size || there.some(name => !names.has(name))) throw new BrokenRule(`${there.length} repositories are there for ${names.size} names: ${there}`);
  if (ecr.creations.length !== names.size) throw new BrokenRule(`${ecr.creations.length} creations succeeded for ${names.size} names`);
  return { ...network.sums, redriven: queued.length, repositories: countCreations(ecr, lines).created };
}

/** Between handlers and ECR: calls and answers wait for their turn, and some are lost. */
class Network {
  broken?: BrokenRule;
  untold = 0;
  private calls = 0;
  private faults = 0;
  private isMended = false;

  constructor(private readonly scheduler: fc.Scheduler, private readonly ecr: SharedEcr, private readonly courseOf: (call: number) => Course) {}

  get sums(): Pick<BurstSums, 'calls' | 'faults'> {
    return { calls: this.calls, faults: this.faults };
  }

  mend(): void {
    this.isMended = true;
  }

  /** A handler's connection. Its memory is for the rule on what it may put; a new process has none. */
  connect(construct: DeployedConstruct, requestId: string): { call: Call; forget: () => void } {
    const party = partyOf(construct, requestId);
    let memory: string[] = [];
    const perform = (action: string, input: unknown): unknown => {
      const course = this.isMended ? 'answered' : this.courseOf(this.calls);
      this.calls++;
      if (course !== 'answered') this.faults++;
      if (course === 'failed') throw exception('ServerException');
      const output = this.ecr.call(party, action, input);
      checkLook(action, memory);
      if (course === 'answered') return output;
      if (action === 'CreateRepository') this.untold++;
      throw exception('TimeoutError');
    };
    const call: Call = async (action, input) => {
      await this.scheduler.schedule(Promise.resolve(), `${requestId} asks for ${action}`);
      try {
        const output = perform(action, input);
        memory.push(`${action}: ${JSON.stringify(output)}`);
        return output;
      } catch (error) {
        if (error instanceof BrokenRule) this.broken ??= error;
        memory.push(`${action}: ${String(error)}`);
        throw error;
      } finally {
        await this.scheduler.schedule(Promise.resolve(), `${requestId} is told of ${action}`);
      }
    };
    return { call, forget: () => { memory = []; } };
  }
}
