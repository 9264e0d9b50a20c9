import { spawn } from 'node:child_process';
import { JUDGES, summary } from './summary';

/** Runs every judge after the other, and sums up what they said. */
async function main(): Promise<void> {
  const failed: string[] = [];
  for (const judge of JUDGES) {
    console.error(`\n== judge:${judge}`);
    const exitCode = await new Promise(resolve => {
      spawn('npm', ['run', '--silent', `judge:${judge}`], { stdio: ['ignore', 'inherit', 'inherit'] }).on('close', resolve).on('error', () => resolve(1));
    });
    if (exitCode !== 0) failed.push(judge);
  }
  console.error(`\n${summary()}`);
  if (failed.length > 0) throw new Error(`these judges disagree: ${failed.join(', ')}`);
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
