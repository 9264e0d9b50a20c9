import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { need, run, runThrice } from './commands.mjs';

/** The npm package in an ES module, compiled by tsc in strict mode. */
export async function prepare({ project, folder, source, step }) {
  const { cdk, constructs } = project.peers;
  const { typescript, '@types/node': nodeTypes } = project.manifest.devDependencies;
  const built = await step('package built', () => project.build('js'));
  const [tarball] = readdirSync(built);

  cpSync(source, folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  await step('installed', () => runThrice(need('npm'), [
    'install', '--no-package-lock', '--no-audit', '--no-fund',
    join(built, tarball), `aws-cdk-lib@${cdk}`, `constructs@${constructs}`, `typescript@${typescript}`, `@types/node@${nodeTypes}`,
  ], { cwd: folder }));
  await step('compiled', () => run(process.execPath, [join(folder, 'node_modules', 'typescript', 'bin', 'tsc')], { cwd: folder }));
  return { command: process.execPath, args: ['out/app.mjs'] };
}
