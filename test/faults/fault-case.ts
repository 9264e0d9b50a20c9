import type { Fault } from './fault';
import type { HandlerCall } from './handler-calls';
import type { Situation } from './situation';

/** How the event comes to the handler. */
export type Path = 'event' | 'two events' | 'redrive' | 'batch';

export const TIMES = { 'once': 1, 'twice': 2, 'for ever': Number.POSITIVE_INFINITY } as const;
export type Times = keyof typeof TIMES;

/** One thing that goes wrong, and where. */
export interface FaultCase {
  readonly path: Path;
  readonly situation: Situation;
  readonly call: HandlerCall;
  readonly fault: Fault;
  readonly times: Times;
}

/** How an event survives: its repository is as it should be while the fault lasts, or after a replay when it has gone. */
export type Survival = 'at once' | 'by redrive';

/** How a case ended. */
export interface CaseResult {
  readonly case: FaultCase;
  /** How often the fault struck. */
  readonly struck: number;
  /** None if the event was lost. */
  readonly survival?: Survival;
  readonly problems: readonly string[];
}

/** What `--only` is compared with. */
export function nameOfCase({ call, fault, path, situation, times }: FaultCase): string {
  return [path, situation.name, call.action, fault.name, times].join(' / ');
}

/** Exceptions that the handler takes for an answer. */
const ANSWERS: ReadonlyMap<string, string> = new Map([
  ['CreateRepository', 'RepositoryAlreadyExistsException'],
  ['GetLifecyclePolicy', 'LifecyclePolicyNotFoundException'],
  ['GetRepositoryPolicy', 'RepositoryPolicyNotFoundException'],
]);

/** Whether the handler goes on after the fault, as after any answer. */
export function isAnswer({ call, fault }: Pick<FaultCase, 'call' | 'fault'>): boolean {
  return ANSWERS.get(call.action) === fault.name;
}

/**
 * How the event must survive; nothing where it hangs on which of two invocations comes first.
 *
 * Lambda makes three attempts: a fault that strikes twice is survived without anybody's help.
 */
export function expectedSurvival(tried: FaultCase): Survival | undefined {
  const { call, fault, path, situation, times } = tried;
  if (times !== 'for ever') return 'at once';
  if (path === 'two events') return undefined;
  // Told that a repository is there that is not, the handler finds no repository to complete.
  if (isAnswer(tried)) return call.action !== 'CreateRepository' || situation.exists ? 'at once' : 'by redrive';
  // The next attempt finds the policy there, and does not put it again; that the repository exists, it has to hear from this very call.
  return fault.when === 'after' && call.changes && call.action !== 'CreateRepository' ? 'at once' : 'by redrive';
}
