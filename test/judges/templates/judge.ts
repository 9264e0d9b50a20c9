import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgeByCdk } from './cdk-validation';
import { judgeByCfnLint } from './cfn-lint';
import { judgeByCheckov, judgeSkipsOfCheckov } from './checkov';
import { Findings } from './findings';
import { installCdk, installTools } from './install';
import { judgeByIntegRunner } from './integ-runner';
import { judgeByNag } from './nag';
import { judgeReasons } from './reasons';
import type { SynthesizedApps } from './synthesized-apps';
import { distinctTemplates } from './template-files';
import { CDKS } from './versions';
import { requireCommand } from '../../local-aws/command';
import { Semaphore } from '../../local-aws/semaphore';
import { runJudge, type Verdict } from '../verdict';

const PROJECT = join(__dirname, '..', '..', '..');

/** The tools are other processes. */
const AT_A_TIME = 2;

/** Synthesises every app with a version of the CDK, with its cdk-nag at work. */
async function synthesize(directory: string, name: keyof typeof CDKS, validation: boolean): Promise<SynthesizedApps> {
  const output = join(directory, name);
  mkdirSync(output);
  await requireCommand('npx', ['ts-node', '-T', '-P', 'tsconfig.dev.json', join(__dirname, 'synthesize.ts'), await installCdk(name), output], {
    cwd: PROJECT, env: { ...process.env, CDK_VALIDATION: String(validation) }, timeLimit: 10 * 60_000,
  });
  const synthesized = JSON.parse(readFileSync(join(output, 'apps.json'), 'utf8')) as SynthesizedApps;
  for (const [each, version] of Object.entries(synthesized.versions)) {
    const wanted = CDKS[name][each as keyof typeof CDKS[typeof name]];
    if (version !== wanted) throw new Error(`the apps must be synthesised with ${each} ${wanted}, got ${version}`);
  }
  return synthesized;
}

/** The oldest CDK is the one that the project says it accepts. */
function checkOldest(verdict: Verdict): void {
  const { peerDependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { peerDependencies: Record<string, string> };
  const oldest = `^${CDKS.oldest['aws-cdk-lib']}`;
  if (peerDependencies['aws-cdk-lib'] !== oldest) verdict.disagree(`the project must accept ${oldest}, got ${peerDependencies['aws-cdk-lib']}`);
}

void runJudge('templates', async verdict => {
  const directory = mkdtempSync(join(tmpdir(), 'judge-templates-'));
  const turn = new Semaphore(AT_A_TIME);
  try {
    checkOldest(verdict);
    await installTools();
    const [oldest, newest] = await Promise.all([
      turn.run(async () => synthesize(directory, 'oldest', false)),
      turn.run(async () => synthesize(directory, 'newest', true)),
    ]);
    const { covered, possible } = oldest.pairs;
    verdict.check('apps', covered === possible, () => `of ${possible} pairs of options, only ${covered} are judged`);
    verdict.count('apps', oldest.apps.length - 1);
    verdict.count('pairs of options', covered);
    const templates = distinctTemplates(oldest, newest);

    const findings = new Findings(verdict);
    for (const apps of [oldest, newest]) judgeByNag(verdict, findings, apps);
    judgeByCdk(verdict, findings, newest);
    judgeReasons(verdict, templates);
    const half = Math.ceil(templates.length / 2);
    const folder = (name: string) => join(directory, name);
    await Promise.all([
      turn.run(async () => judgeByCheckov(verdict, findings, folder('checkov'), templates)),
      turn.run(async () => judgeSkipsOfCheckov(verdict, folder('checkov-unskipped'), templates)),
      turn.run(async () => judgeByCfnLint(verdict, findings, folder('cfn-lint-1'), templates.slice(0, half))),
      turn.run(async () => judgeByCfnLint(verdict, findings, folder('cfn-lint-2'), templates.slice(half))),
      turn.run(async () => judgeByIntegRunner(verdict)),
    ]);
    findings.finish();
  } finally {
    rmSync(directory, { recursive: true });
  }
});
