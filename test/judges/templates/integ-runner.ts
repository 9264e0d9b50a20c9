import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { INTEG_RUNNER } from './versions';
import { runCommand } from '../../local-aws/command';
import { npmPackages } from '../aside';
import type { Verdict } from '../verdict';

const PROJECT = join(__dirname, '..', '..', '..');
const TESTS = join('test', 'integ');

/** Several minutes on a busy machine. */
const TIME_LIMIT = 10 * 60_000;

export const installIntegRunner = async () => npmPackages('integ-runner', { '@aws-cdk/integ-runner': INTEG_RUNNER });

/** Compares the templates of the integration tests with their snapshots. */
export async function judgeByIntegRunner(verdict: Verdict): Promise<void> {
  const program = join(await installIntegRunner(), 'node_modules', '.bin', 'integ-runner');
  const { exitCode, output } = await runCommand(program, [
    '--directory', TESTS, '--language', 'typescript', '--app', 'npx ts-node -T -P tsconfig.dev.json {filePath}',
  ], { cwd: PROJECT, timeLimit: TIME_LIMIT, env: { ...process.env, CDK_VALIDATION: 'false' } });

  const tests = readdirSync(join(PROJECT, TESTS)).filter(file => /^integ\..*\.ts$/.test(file) && !file.endsWith('.snapshot')).map(file => file.replace(/\.ts$/, ''));
  verdict.expect('snapshots of integration tests');
  for (const test of tests) {
    verdict.check('snapshots of integration tests', new RegExp(`UNCHANGED +${test.replaceAll('.', '\\.')} `).test(output),
      () => `integ-runner finds ${test} changed: ${output}`);
  }
  if (exitCode !== 0) verdict.disagree(`integ-runner must end with 0, got ${exitCode}: ${output}`);
}
