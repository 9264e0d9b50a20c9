import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { runCommand, requireCommand } from '../../local-aws/command';
import { goProgram, nodeProgram, npmPackages, withPath } from '../aside';

/** Of AWS Lambda: the client that runs a function's code, and the emulator of what is around it. */
const INTERFACE_CLIENT = '4.0.2';
const EMULATOR = 'github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie@v0.0.0-20261030222936-bef5c4ba774d';
const NODE = 24;

/** What builds the native part of the client. */
const BUILD_TOOLS = ['cmake', 'make', 'g++', 'autoconf', 'libtool', 'xz', 'python3'];
const PACKAGES = ['cmake', 'make', 'g++', 'autoconf', 'automake', 'libtool', 'xz-utils', 'python3'];

/** The programs of AWS, on this machine. */
export interface Programs {
  readonly node: string;
  readonly client: string;
  readonly emulator: string;
  /** For people. */
  readonly versions: string;
}

export async function installPrograms(): Promise<Programs> {
  const missing = (await Promise.all(BUILD_TOOLS.map(async tool => (await runCommand('sh', ['-c', `command -v ${tool}`])).exitCode))).some(code => code !== 0);
  if (missing) await installPackages();
  const node = await nodeProgram(NODE);
  const folder = await npmPackages('lambda', { 'aws-lambda-ric': INTERFACE_CLIENT }, { env: withPath(dirname(node)) });
  const emulator = await goProgram('lambda-emulator', EMULATOR, { CGO_ENABLED: '0' });
  const version = (await requireCommand(node, ['--version'])).trim();
  return {
    node,
    client: join(folder, 'node_modules', 'aws-lambda-ric', 'index.mjs'),
    emulator,
    versions: `aws-lambda-ric ${INTERFACE_CLIENT} and aws-lambda-rie ${EMULATOR.split('@')[1]} on Node.js ${version}`,
  };
}

/** A mirror can fail for a moment. */
async function installPackages(): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await requireCommand('apt-get', ['update', '-q'], { timeLimit: 300_000 });
      await requireCommand('apt-get', ['install', '-qq', '--no-install-recommends', ...PACKAGES], { timeLimit: 600_000 });
      return;
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

/** A function as the emulator runs it. */
export interface EmulatedFunction {
  readonly directory: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  /** In seconds. */
  readonly timeout: number;
}

/** The answer to an invocation. */
export interface Answer {
  readonly status: number;
  readonly payload: unknown;
}

/** One function in AWS's emulator, which starts AWS's client, which loads the code. */
export class Emulator {
  static async start(programs: Programs, lambda: EmulatedFunction): Promise<Emulator> {
    const [port, apiPort] = [await freePort(), await freePort()];
    const child = spawn(programs.emulator, [
      '--runtime-interface-emulator-address', `127.0.0.1:${port}`, '--runtime-api-address', `127.0.0.1:${apiPort}`,
      programs.node, programs.client, lambda.handler,
    ], {
      cwd: lambda.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      // The client is a process of its own, and the emulator's.
      detached: true,
      env: {
        PATH: withPath(dirname(programs.node)).PATH,
        ...lambda.environment,
        LAMBDA_TASK_ROOT: lambda.directory,
        AWS_LAMBDA_FUNCTION_TIMEOUT: String(lambda.timeout),
      },
    });
    const emulator = new Emulator(child, port);
    process.once('exit', () => emulator.end());
    await emulator.listening();
    return emulator;
  }

  /** What function and emulator have written to standard output. */
  output = '';
  private errors = '';

  private constructor(private readonly child: ChildProcess, private readonly port: number) {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => { this.output += text; });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => { this.errors += text; });
  }

  /** The function's own lines of JSON so far. */
  get lines(): Record<string, unknown>[] {
    return this.output.split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line) as Record<string, unknown>);
  }

  async invoke(event: unknown): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${this.port}/2015-03-31/functions/function/invocations`, { method: 'POST', body: JSON.stringify(event) });
    const text = await response.text();
    return { status: response.status, payload: text === '' ? undefined : parsed(text) };
  }

  async stop(): Promise<void> {
    const closed = new Promise(resolve => { this.child.once('close', resolve); });
    this.end();
    await closed;
  }

  private end(): void {
    try {
      process.kill(-this.child.pid!, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }

  /** Waits until the emulator answers, or has ended. */
  private async listening(): Promise<void> {
    for (;;) {
      if (this.child.exitCode !== null) throw new Error(`the emulator ended: ${this.errors}`);
      try {
        // Any other path than an invocation's: it only shows that somebody is there.
        await fetch(`http://127.0.0.1:${this.port}/`);
        return;
      } catch {
        await new Promise(resolve => { setTimeout(resolve, 20); });
      }
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  await new Promise(resolve => { server.close(resolve); });
  if (address === null || typeof address === 'string') throw new Error('there is no port');
  return address.port;
}
