import { availableParallelism } from 'node:os';
import { type Assemblies, removeAssemblies, synthesizeAssemblies } from './assemblies';
import { type CaseResult, type FaultCase, nameOfCase } from './fault-case';
import { handlerCalls } from './handler-calls';
import { type Obstacle, OBSTACLES } from './obstacle';
import { planCases, planProblems } from './plan';
import { runCase } from './run-case';
import { type ObstacleResult, runObstacle } from './run-obstacle';
import { findSituations } from './situation';
import { Semaphore } from '../local-aws/semaphore';

/** Cases that only wait need memory, the others a processor. */
const WAITING = 24;
const WORKING = 5 * availableParallelism();

export interface FaultRunOptions {
  /**
   * What runs instead of the handler.
   *
   * @default - the bundle
   */
  readonly handler?: string;

  /**
   * A regular expression for the names of cases.
   *
   * @default - all of them
   */
  readonly only?: string;
}

/** What came of the cases. */
export interface FaultRun {
  /** What must hold before any fault tells anything. */
  readonly basis: readonly Check[];
  readonly results: readonly CaseResult[];
  readonly obstacles: readonly ObstacleResult[];
}

/** Something that passes or fails. */
export interface Check {
  readonly name: string;
  readonly problems: readonly string[];
}

/** Runs every case of the plan. */
export async function runFaults({ handler, only = '' }: FaultRunOptions = {}): Promise<FaultRun> {
  const pattern = new RegExp(only, 'i');
  const assemblies = synthesizeAssemblies(handler);
  try {
    const calls = handlerCalls();
    const situations = await findSituations(assemblies.standard);
    const basis = [
      { name: 'every call is made', problems: planProblems(calls, situations) },
      ...situations.map(({ name, problems }) => ({ name: `without any fault / ${name}`, problems })),
    ];
    // In the others, no fault could be told from what is wrong already.
    const sound = situations.filter(({ problems }) => problems.length === 0);
    const cases = planCases(calls, sound).filter(each => pattern.test(nameOfCase(each)));
    const chosen = OBSTACLES.filter(({ name }) => pattern.test(nameOfObstacle(name)));
    const [results, obstacles] = await Promise.all([runCases(cases, assemblies), runObstacles(chosen, assemblies)]);
    return { basis, results, obstacles };
  } finally {
    removeAssemblies(assemblies);
  }
}

/** All that passes or fails in a run. */
export function checksOf({ basis, obstacles, results }: FaultRun): Check[] {
  return [
    ...basis,
    ...results.map(result => ({ name: nameOfCase(result.case), problems: result.problems })),
    ...obstacles.map(({ name, problems }) => ({ name: nameOfObstacle(name), problems })),
  ];
}

function nameOfObstacle(name: string): string {
  return `undeliverable / ${name}`;
}

async function runCases(cases: readonly FaultCase[], assemblies: Assemblies): Promise<CaseResult[]> {
  const waiting = new Semaphore(WAITING);
  const working = new Semaphore(WORKING);
  return Promise.all(cases.map(async each => (each.fault.waits === undefined ? working : waiting).run(async () => {
    try {
      return await runCase(each, assemblies);
    } catch (error) {
      return { case: each, struck: 0, problems: [describe(error)] };
    }
  })));
}

async function runObstacles(obstacles: readonly Obstacle[], { standard }: Assemblies): Promise<ObstacleResult[]> {
  const results: ObstacleResult[] = [];
  for (const obstacle of obstacles) {
    try {
      results.push(await runObstacle(obstacle, standard));
    } catch (error) {
      results.push({ name: obstacle.name, events: 0, deadLetters: 0, created: 0, problems: [describe(error)] });
    }
  }
  return results;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
