/**
 * Makes up events, names, identities, policies, queue messages and failures of ECR, gives them to the handler, and judges all that it does.
 *
 * `npm run test:fuzz`, with `FUZZ_RUNS` cases (100,000 without it). `FUZZ_SEED` repeats a run; a failure says how to repeat its case.
 */
import { makePlan } from './plan';
import { Report } from './report';
import { runTasks } from './worker-pool';

async function main(): Promise<void> {
  const started = performance.now();
  const { seed, tasks } = makePlan(process.env);
  console.log(`FUZZ_SEED=${seed}`);
  const report = new Report();
  await runTasks(tasks, result => report.add(result));

  const { examples, failures, lines, passed, shortages } = report;
  const failed = failures.length + shortages.length;
  for (const line of lines) console.log(line);
  for (const problem of [...examples, ...shortages]) console.log(`\nFAILED: ${problem}`);
  console.log(`\nFUZZ_SEED=${seed}, ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(String(error));
  process.exitCode = 1;
});
