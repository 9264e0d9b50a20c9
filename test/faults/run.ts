import { parseArgs } from 'node:util';
import type { CaseResult } from './fault-case';
import { checksOf, type FaultRun, runFaults } from './fault-run';
import { REPOSITORIES } from './run-obstacle';
import { obstacleTableOf, tableOf } from './table';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { handler: { type: 'string' }, only: { type: 'string' } } });
  report(await runFaults(values));
}

function report(run: FaultRun): void {
  const { obstacles, results } = run;
  if (results.length > 0) console.log(`${tableOf(results)}\n`);
  if (obstacles.length > 0) console.log(`${obstacleTableOf(obstacles)}\n`);
  const checks = checksOf(run);
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

main().catch((error: unknown) => {
  console.log(`FAILED to run: ${error instanceof Error ? error.stack : String(error)}`);
  summarize(0, 1);
});
