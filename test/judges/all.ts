import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { summaryOf, VERDICTS, type JudgeName, type VerdictRecord } from './verdict';

const JUDGES: readonly JudgeName[] = ['iam', 'events', 'templates', 'ecr', 'lambda', 'clients'];

/** Runs every judge after the other, and sums up what they said. */
async function main(): Promise<void> {
  const failed: JudgeName[] = [];
  for (const judge of JUDGES) {
    console.error(`\n== judge:${judge}`);
    const exitCode = await new Promise(resolve => {
      spawn('npm', ['run', '--silent', `judge:${judge}`], { stdio: ['ignore', 'inherit', 'inherit'] }).on('close', resolve).on('error', () => resolve(1));
    });
    if (exitCode !== 0) failed.push(judge);
  }
  console.error('');
  for (const judge of JUDGES) {
    console.error(summaryOf(JSON.parse(readFileSync(join(VERDICTS, `${judge}.json`), 'utf8')) as VerdictRecord));
  }
  if (failed.length > 0) throw new Error(`these judges disagree: ${failed.join(', ')}`);
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
