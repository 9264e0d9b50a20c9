import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { runCommand } from '../../local-aws/command';
import { withPath } from '../aside';
import type { Programs } from './programs';

/** What the emulator says of every function's account and Region. */
export const EMULATED = { account: '012345678912', region: 'us-east-1' };

/** A function as the emulator runs it. */
export interface EmulatedFunction {
  readonly directory: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  /** In seconds. */
  readonly timeout: number;
}

/** What became of an invocation. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** What was written to standard output meanwhile, by the function and by the client. */
  readonly lines: readonly string[];
}

/** The process in which the emulator has the client run the function. */
export interface RuntimeProcess {
  readonly pid: number;
  /** The program, with symbolic links resolved. */
  readonly program: string;
  readonly commandLine: readonly string[];
  /** The files that it has mapped into its memory: native modules, for example. */
  readonly mapped: string;
}

/** In milliseconds: nothing that is waited for takes as long. */
const PATIENCE = 60_000;

/** One function in AWS's emulator, which starts AWS's client, which loads the code. It listens on 127.0.0.1 only. */
export class Emulator {
  static async start(programs: Programs, lambda: EmulatedFunction): Promise<Emulator> {
    const [port, apiPort] = await freePorts(2);
    const child = spawn(programs.emulator, [
      '--runtime-interface-emulator-address', `127.0.0.1:${port}`, '--runtime-api-address', `127.0.0.1:${apiPort}`,
      programs.node, programs.client, lambda.handler,
    ], {
      cwd: lambda.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: withPath(dirname(programs.node)).PATH,
        ...lambda.environment,
        LAMBDA_TASK_ROOT: lambda.directory,
        AWS_LAMBDA_FUNCTION_TIMEOUT: String(lambda.timeout),
      },
    });
    const emulator = new Emulator(child, port);
    await emulator.listening();
    return emulator;
  }

  private output = '';
  private errors = '';
  private readonly closed: Promise<unknown>;
  /** Ends the emulator, and it ends the client. */
  private readonly end: () => void;

  private constructor(private readonly child: ChildProcess, private readonly port: number) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => { this.output += text; });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => { this.errors += text; });
    child.on('error', error => { this.errors += error.message; });
    this.closed = new Promise(resolve => { child.once('close', resolve); });
    this.end = () => { child.kill('SIGTERM'); };
    process.once('exit', this.end);
  }

  /** Invokes the function and waits for its answer. */
  async invoke(event: unknown, requestId: string): Promise<Answer> {
    const start = this.output.length;
    const response = await fetch(`http://127.0.0.1:${this.port}/2015-03-31/functions/function/invocations`, {
      method: 'POST', body: JSON.stringify(event), headers: { 'X-Amzn-RequestId': requestId },
    });
    const body = await response.text();
    // What was written before the answer can be read after it. There is no report on code that could not be loaded.
    const report = new RegExp(`^REPORT RequestId: ${requestId}\\t.*\\n`, 'm');
    await until(() => !response.ok || report.test(this.output.slice(start)), () => `the emulator must report on ${requestId}, got ${this.output.slice(start)}`);
    const lines = this.output.slice(start).split('\n').slice(0, -1);
    return { status: response.status, body, lines: lines.filter(line => !/^(START|END|REPORT) RequestId: /.test(line)) };
  }

  /** The processes that the emulator has started and that are alive: one, once it was invoked. */
  async runtimes(): Promise<RuntimeProcess[]> {
    const { stdout } = await runCommand('ps', ['-o', 'pid=', '--ppid', String(this.child.pid)]);
    return stdout.trim().split(/\s+/).filter(pid => pid !== '').map(pid => ({
      pid: Number(pid),
      program: realpathSync(`/proc/${pid}/exe`),
      commandLine: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1),
      mapped: readFileSync(`/proc/${pid}/maps`, 'utf8'),
    }));
  }

  /** Ends the emulator and the process of the function. @returns the ids of processes that are left nevertheless */
  async stop(): Promise<number[]> {
    const runtimes = await this.runtimes();
    this.end();
    await this.closed;
    process.off('exit', this.end);
    return runtimes.map(({ pid }) => pid).filter(isAlive);
  }

  private async listening(): Promise<void> {
    await until(async () => {
      if (this.child.exitCode !== null) throw new Error(`the emulator ended: ${this.errors}`);
      // Any other path than an invocation's: it only shows that somebody is there.
      return fetch(`http://127.0.0.1:${this.port}/`).then(() => true, () => false);
    }, () => `the emulator must listen, got ${this.errors}`);
  }
}

async function until(condition: () => boolean | Promise<boolean>, failure: () => string): Promise<void> {
  const start = performance.now();
  while (!await condition()) {
    if (performance.now() - start > PATIENCE) throw new Error(failure());
    await wait(10);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** All are taken at once, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }));
  return Promise.all(servers.map(async server => {
    const address = server.address();
    server.close();
    await once(server, 'close');
    if (address === null || typeof address === 'string') throw new Error('a server must have a port');
    return address.port;
  }));
}
