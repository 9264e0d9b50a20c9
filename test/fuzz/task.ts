import * as fc from 'fast-check';
import { printable } from './disagreement';
import { HANDLER, type HandlerUnderTest } from './handler-under-test';
import { PROPERTIES, type PropertyName } from './properties';
import { emptyTally, type Tally } from './tally';

/** A number of cases of one generator. */
export interface Task {
  readonly property: PropertyName;
  readonly runs: number;
  readonly seed: number;
  /** Only this case. */
  readonly path?: string;
}

export interface TaskResult {
  readonly task: Task;
  readonly tally: Tally;
  /** What is wrong, and how to see it again. */
  readonly failure?: string;
}

const MAX_REPORT = 6_000;

/** Makes up the cases and judges them, until one fails. */
export async function runTask(task: Task, handler: HandlerUnderTest = HANDLER): Promise<TaskResult> {
  const { property, runs, seed, path } = task;
  const tally = emptyTally();
  const details = await fc.check(PROPERTIES[property].make(handler, tally), { numRuns: runs, seed, ...(path !== undefined && { path }) });
  if (!details.failed) return { task, tally };
  // Those that were tried to make the failing one smaller are not counted.
  tally.cases = details.numRuns - 1;
  const error = details.errorInstance instanceof Error ? details.errorInstance.stack : String(details.errorInstance);
  const counterexample = fc.stringify(details.counterexample);
  const failure = printable([
    `${property}: ${error}`,
    `counterexample: ${counterexample.slice(0, MAX_REPORT)}${counterexample.length > MAX_REPORT ? '…' : ''}`,
    `again: FUZZ_ONLY='${property}' FUZZ_SEED=${details.seed} FUZZ_PATH=${details.counterexamplePath} npm run test:fuzz`,
  ].join('\n'));
  return { task, tally, failure };
}
