// Runs the tests that synthesise with the newest CDK that the peer ranges accept, installed aside.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const aside = mkdtempSync(join(tmpdir(), 'newest-cdk-'));

/** A registry can fail for a moment. */
function install(attempt = 1) {
  try {
    const packages = Object.entries(peerDependencies).map(peer => peer.join('@'));
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', ...packages], { cwd: aside, stdio: ['ignore', 'ignore', 'inherit'] });
  } catch (error) {
    if (attempt === 3) throw error;
    install(attempt + 1);
  }
}

try {
  writeFileSync(join(aside, 'package.json'), '{"private":true}');
  install();
  for (const name of Object.keys(peerDependencies)) {
    const { version } = JSON.parse(readFileSync(join(aside, 'node_modules', name, 'package.json'), 'utf8'));
    process.stdout.write(`${name} ${version}\n`);
  }
  const mapper = {
    [`^(${Object.keys(peerDependencies).join('|')})(/.*)?$`]: join(aside, 'node_modules', '$1$2'),
    '^cdk-ecr-auto-create$': '<rootDir>/src',
  };
  // Not the tests of the local AWS itself, which do not depend on the CDK.
  execFileSync('npx', [
    'jest', '--ci', '--coverage=false', `--moduleNameMapper=${JSON.stringify(mapper)}`,
    'test/[a-z-]*\\.(property\\.)?test\\.ts$', 'test/examples/examples', 'test/local-aws/(end-to-end|two-engines|redrive|largest)',
  ], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
} catch (error) {
  process.exitCode = error.status ?? 1;
  if (error.status === undefined) throw error;
} finally {
  rmSync(aside, { recursive: true });
}
