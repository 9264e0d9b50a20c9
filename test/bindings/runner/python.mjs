import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { need, run, runThrice } from './commands.mjs';

/** The wheel in a virtual environment. */
export async function prepare({ project, folder, source, step }) {
  const { cdk, constructs } = project.peers;
  const built = await step('package built', () => project.build('python'));
  const wheel = readdirSync(built).find(file => file.endsWith('.whl'));

  cpSync(source, folder, { recursive: true });
  const python = await createEnvironment(folder);
  await step('installed', () => runThrice(python, ['-m', 'pip', 'install', join(built, wheel), `aws-cdk-lib==${cdk}`, `constructs==${constructs}`], {
    cwd: folder,
  }));
  await run(python, ['-m', 'pip', 'check'], { cwd: folder });
  return { command: python, args: ['app.py'] };
}

/** @returns the Python of a new virtual environment */
export async function createEnvironment(folder) {
  await run(need('python3'), ['-m', 'venv', '.venv'], { cwd: folder });
  return join(folder, '.venv', 'bin', 'python');
}
