// Where a consumer synthesises: with Node.js, which jsii runs on, and nothing else.
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './commands.mjs';

const LOCK_FILES = ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb'];

export class Sandbox {
  #folder;
  #bin;
  #home;
  #temporary;

  constructor(folder) {
    this.#folder = folder;
    [this.#bin, this.#home, this.#temporary] = ['bin', 'home', 'tmp'].map(name => join(folder, name));
    for (const created of [this.#bin, this.#home, this.#temporary]) mkdirSync(created, { recursive: true });
    symlinkSync(process.execPath, join(this.#bin, 'node'));
  }

  /** Runs the app in its project. @returns its cloud assembly, and what it says about wrong props */
  async synthesise(name, project, { command, args, env = {} }) {
    for (const file of ['node_modules/esbuild', ...LOCK_FILES]) {
      if (existsSync(join(project, file))) throw new Error(`${file} must not be in the consumer's project`);
    }
    const docker = join(this.#folder, `${name}-docker`);
    const used = `${docker}-was-used`;
    writeFileSync(docker, `#!/bin/sh\n: > '${used}'\nexit 1\n`, { mode: 0o755 });
    const assembly = join(project, 'cdk.out');
    rmSync(assembly, { recursive: true, force: true });

    const output = await run(command, args, {
      cwd: project,
      env: { PATH: this.#bin, HOME: this.#home, TMPDIR: this.#temporary, CDK_DOCKER: docker, CDK_OUTDIR: assembly, ...env },
    });
    if (existsSync(used)) throw new Error('Docker was used');
    return { assembly, messages: JSON.parse(output.trim().split('\n').at(-1)) };
  }

  /** For a runtime that does not look into the environment for it. */
  get temporary() {
    return this.#temporary;
  }
}
