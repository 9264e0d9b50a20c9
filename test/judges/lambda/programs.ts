import { join } from 'node:path';
import { requireCommand } from '../../local-aws/command';
import { goProgram, npmPackages, withPath } from '../aside';
import { type Package, requirePackages } from '../debian';

/** Of AWS Lambda: the client that runs a function's code, and the emulator of what is around it; and what they run on. */
const INTERFACE_CLIENT = '4.0.2';
const EMULATOR = 'v0.0.0-20261030222936-bef5c4ba774d';
const EMULATOR_MODULE = 'github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie';
const NODE = '24.21.0';

/** What builds the native part of the client, and the Debian packages that have it. */
const BUILD_TOOLS: readonly Package[] = [
  ...['cmake', 'g++', 'make', 'python3'].map(name => ({ program: name, name })), { program: 'xz', name: 'xz-utils' },
];

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
  await requirePackages(BUILD_TOOLS);
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
