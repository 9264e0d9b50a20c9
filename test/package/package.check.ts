import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROJECT = join(__dirname, '..', '..');
const BUNDLE = 'assets/handler/index.js';

let directory: string;
let tarball: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'package-'));
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', directory], PROJECT));
  tarball = join(directory, filename);
});
afterAll(() => rmSync(directory, { recursive: true }));

function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = process.env): string {
  return execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A registry can fail for a moment. */
function npmInstall(cwd: string, ...packages: string[]): void {
  for (let attempt = 1; ; attempt++) {
    try {
      run('npm', ['install', '--no-package-lock', '--no-audit', '--no-fund', ...packages], cwd);
      return;
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

test('the tarball holds what a user needs, and nothing else', () => {
  const files = run('tar', ['-tzf', tarball], directory).trim().split('\n').map(file => file.replace(/^package\//, '')).sort();
  const compiled = files.filter(file => file.startsWith('lib/'));
  expect(files.filter(file => !file.startsWith('lib/'))).toEqual([
    '.jsii', 'API.md', 'LICENSE', 'README.md', BUNDLE, 'package.json',
    // With these, Construct Hub can translate the snippets.
    'rosetta/default.ts-fixture', 'rosetta/own-imports.ts-fixture', 'rosetta/with-construct.ts-fixture',
  ]);
  expect(compiled.filter(file => !/\.(js|d\.ts)$/.test(file))).toEqual([]);
  expect(compiled).toContain('lib/index.js');
  const shared = ['configuration', 'metrics', 'push-event', 'repository-name', 'reserved-tags'];
  expect(compiled.filter(file => file.startsWith('lib/handler/'))).toEqual(shared.flatMap(name => [`lib/handler/${name}.d.ts`, `lib/handler/${name}.js`]));
  process.stdout.write(`tarball: ${statSync(tarball).size} bytes, ${files.length} files; bundle: ${statSync(join(PROJECT, BUNDLE)).size} bytes\n`);
});

test('the package depends on nothing but its peers', () => {
  const { dependencies, bundledDependencies, peerDependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  expect({ dependencies, bundledDependencies }).toEqual({});
  expect(Object.keys(peerDependencies)).toEqual(['aws-cdk-lib', 'constructs']);
});

describe.each([
  ['the oldest', ['aws-cdk-lib@2.224.0', 'constructs@10.4.2']],
  ['the newest', []],
])('installed with %s CDK it accepts, into an empty folder', (_case, peers) => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(directory, 'app-'));
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    npmInstall(folder, tarball, ...peers);
    cpSync(join(__dirname, 'app.cjs'), join(folder, 'app.cjs'));
  }, 300_000);

  test('it synthesises without lock file, esbuild and Docker', () => {
    expect(existsSync(join(folder, 'package-lock.json'))).toBe(false);
    expect(existsSync(join(folder, 'node_modules', 'esbuild'))).toBe(false);

    // A path with nothing on it but Node.js, and a Docker that tells of its use.
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    symlinkSync(process.execPath, join(bin, 'node'));
    const docker = join(folder, 'docker');
    writeFileSync(docker, `#!/bin/sh\necho used > ${join(folder, 'docker-was-used')}\nexit 1\n`, { mode: 0o755 });
    run(join(bin, 'node'), ['app.cjs'], folder, { PATH: bin, HOME: folder, CDK_DOCKER: docker, CDK_OUTDIR: join(folder, 'cdk.out') });
    expect(existsSync(join(folder, 'docker-was-used'))).toBe(false);

    const assembly = join(folder, 'cdk.out');
    const bundle = readFileSync(join(PROJECT, BUNDLE));
    const { Resources } = JSON.parse(readFileSync(join(assembly, 'Platform.template.json'), 'utf8'));
    const functions = Object.values<{ Type: string; Properties: { Code: { S3Key: string } } }>(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
    const assets = functions.map(({ Properties }) => join(assembly, `asset.${Properties.Code.S3Key.replace('.zip', '')}`));
    expect(assets.map(asset => readdirSync(asset).sort())).toEqual([['index.js'], ['configuration.json', 'index.js', 'settings']]);
    for (const asset of assets) expect(readFileSync(join(asset, 'index.js')).equals(bundle)).toBe(true);
  }, 120_000);
});
