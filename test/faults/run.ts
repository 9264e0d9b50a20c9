import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type Assemblies, removeAssemblies, synthesizeAssemblies } from './assemblies';
import { type CaseResult, type FaultCase, nameOfCase } from './fault-case';
import { handlerCalls } from './handler-calls';
import { type Obstacle, OBSTACLES } from './obstacle';
import { planCases, planProblems } from './plan';
import { runCase } from './run-case';
import { type ObstacleResult, REPOSITORIES, runObstacle } from './run-obstacle';
import { findSituations } from './situation';
import { obstacleTableOf, tableOf } from './table';
import { Semaphore } from '../local-aws/semaphore';

/** Cases that only wait need memory, the others a processor. */
const WAITING = 24;
const WORKING = 5 * availableParallelism();

/** Something that passes or fails. */
interface Check {
  readonly name: string;
  readonly problems: readonly string[];
}

async function main(): Promise<void> {
  const { values: { handler, only = '' } } = parseArgs({ options: { handler: { type: 'string' }, only: { type: 'string' } } });
  const pattern = new RegExp(only, 'i');
  const assemblies = synthesizeAssemblies(handler);
  try {
    const calls = handlerCalls();
    const situations = await findSituations(assemblies.standard);
    const basis: Check[] = [
      { name: 'every call is made', problems: planProblems(calls, situations) },
      ...situations.map(({ name, problems }) => ({ name: `without any fault / ${name}`, problems })),
    ];
    // In the others, no fault could be told from what is wrong already.
    const sound = situations.filter(({ problems }) => problems.length === 0);
    const cases = planCases(calls, sound).filter(each => pattern.test(nameOfCase(each)));
    const obstacles = OBSTACLES.filter(({ name }) => pattern.test(`undeliverable / ${name}`));
    report(basis, ...await Promise.all([runCases(cases, assemblies), runObstacles(obstacles, assemblies)]));
  } finally {
    removeAssemblies(assemblies);
  }
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

function report(basis: readonly Check[], results: readonly CaseResult[], obstacles: readonly ObstacleResult[]): void {
  if (results.length > 0) console.log(`${tableOf(results)}\n`);
  if (obstacles.length > 0) console.log(`${obstacleTableOf(obstacles)}\n`);
  const checks: Check[] = [
    ...basis,
    ...results.map(result => ({ name: nameOfCase(result.case), problems: result.problems })),
    ...obstacles.map(({ name, problems }) => ({ name: `undeliverable / ${name}`, problems })),
  ];
  const failures = checks.filter(({ problems }) => problems.length > 0);
  for (const { name, problems } of failures) console.log(`FAILED ${name}\n${problems.map(problem => `  ${problem}\n`).join('')}`);

  const replayed = obstacles.filter(({ created }) => created === REPOSITORIES.length).length;
  const survivals = (survival: CaseResult['survival']): number => results.filter(result => result.survival === survival).length;
  console.log([
    `${results.length + obstacles.length} cases`,
    `${results.reduce((sum, { struck }) => sum + struck, obstacles.length)} faults injected`,
    `${survivals('at once')} survived at once`,
    `${survivals('by redrive') + replayed} survived by redrive`,
    `${survivals(undefined) + obstacles.length - replayed} lost`,
  ].join(', '));
  summarize(checks.length - failures.length, failures.length);
}

function summarize(passed: number, failed: number): void {
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

main().catch((error: unknown) => {
  console.log(`FAILED to run: ${describe(error)}`);
  summarize(0, 1);
});
