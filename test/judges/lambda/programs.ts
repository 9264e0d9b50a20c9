import { join } from 'node:path';
import { requireCommand, runCommand } from '../../local-aws/command';
import { goProgram, npmPackages, withPath } from '../aside';

/** Of AWS Lambda: the client that runs a function's code, and the emulator of what is around it; and what they run on. */
const INTERFACE_CLIENT = '4.0.2';
const EMULATOR = 'v0.0.0-20261030222936-bef5c4ba774d';
const EMULATOR_MODULE = 'github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie';
const NODE = '24.21.0';

/** What builds the native part of the client, and the Debian packages that have it. */
const BUILD_TOOLS: Readonly<Record<string, string>> = { 'cmake': 'cmake', 'g++': 'g++', 'make': 'make', 'python3': 'python3', 'xz': 'xz-utils' };

/** The programs, on this machine. */
export interface Programs {
  readonly node: string;
  readonly client: string;
  readonly emulator: string;
  /** For people. */
  readonly versions: string;
}

/** Installs what is not there. The client comes as source: building it takes a minute, mostly for its own copy of curl. */
export async function installPrograms(): Promise<Programs> {
  // This package has the headers for native modules too, which would else be fetched from elsewhere, or be another version's.
  const nodePackage = `node-linux-${process.arch}`;
  const node = join(await npmPackages('lambda-node', { [nodePackage]: NODE }), 'node_modules', nodePackage);
  await installBuildTools();
  const client = await npmPackages('lambda-client', { 'aws-lambda-ric': INTERFACE_CLIENT }, {
    env: { ...withPath(join(node, 'bin')), npm_config_nodedir: node },
  });
  const emulator = await goProgram('lambda-emulator', `${EMULATOR_MODULE}@${EMULATOR}`, { CGO_ENABLED: '0' });
  const version = (await requireCommand(join(node, 'bin', 'node'), ['--version'])).trim();
  return {
    node: join(node, 'bin', 'node'),
    client: join(client, 'node_modules', 'aws-lambda-ric', 'index.mjs'),
    emulator,
    versions: `aws-lambda-ric ${INTERFACE_CLIENT} and aws-lambda-rie ${EMULATOR} on Node.js ${version}`,
  };
}

async function installBuildTools(): Promise<void> {
  const missing: string[] = [];
  for (const [tool, debianPackage] of Object.entries(BUILD_TOOLS)) {
    if ((await runCommand(tool, ['--version'])).exitCode !== 0) missing.push(debianPackage);
  }
  if (missing.length === 0) return;
  for (let attempt = 1; ; attempt++) {
    try {
      await requireCommand('apt-get', ['update', '-q'], { timeLimit: 300_000 });
      await requireCommand('apt-get', ['install', '-qq', '--no-install-recommends', ...missing], { timeLimit: 600_000 });
      return;
    } catch (error) {
      // A mirror can fail for a moment.
      if (attempt === 3) throw error;
    }
  }
}
