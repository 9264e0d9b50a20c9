// The package under test: what `npm pack` makes of the compiled project, built for each language by jsii-pacmak.
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { need, run, runThrice } from './commands.mjs';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));
const PACMAK = createRequire(import.meta.url).resolve('jsii-pacmak/bin/jsii-pacmak');
const COMPILED = ['.jsii', 'lib/index.js', 'assets/handler/index.js'];

export class Project {
  /** Everything that is built or installed is under this folder. */
  folder;
  #copy;
  #packed;

  constructor(folder) {
    this.folder = folder;
    this.#copy = join(folder, 'package');
    this.manifest = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  }

  /** What the project says about a language: its package's name there, for example. */
  target(language) {
    return this.manifest.jsii.targets[language];
  }

  /**
   * The lowest versions that we accept.
   *
   * Every registry serves these, not each has the newest ones, and templates can be equal only if they come from one version of the CDK.
   */
  get peers() {
    const { 'aws-cdk-lib': cdk, constructs } = this.manifest.peerDependencies;
    return { cdk: cdk.replace('^', ''), constructs: constructs.replace('^', '') };
  }

  /** The descriptions of the APIs: the package's, and those of its peers. */
  get assemblies() {
    return [this.#copy, ...Object.keys(this.manifest.peerDependencies).map(peer => join(PROJECT, 'node_modules', peer))];
  }

  /** Builds the package for a language. @returns the folder with what was built */
  async build(target, ...options) {
    this.#packed ??= this.#pack();
    await this.#packed;
    await runThrice(process.execPath, [PACMAK, '--target', target, '--outdir', join(this.folder, 'dist'), '--no-npmignore', ...options, this.#copy], {
      cwd: this.folder,
    });
    return join(this.folder, 'dist', target);
  }

  /** From a copy, because jsii-pacmak may write beside what it packs, and others may compile meanwhile. */
  async #pack() {
    for (const path of COMPILED) {
      if (!existsSync(join(PROJECT, path))) throw new Error(`${path} must be there: run \`npx projen compile\` first`);
    }
    const output = await run(need('npm'), ['pack', '--json', '--ignore-scripts', '--pack-destination', this.folder], { cwd: PROJECT });
    const [{ filename }] = JSON.parse(output);
    mkdirSync(this.#copy);
    await run(need('tar'), ['-xzf', join(this.folder, filename), '-C', this.#copy, '--strip-components=1'], { cwd: this.folder });
    symlinkSync(join(PROJECT, 'node_modules'), join(this.#copy, 'node_modules'));
  }
}
