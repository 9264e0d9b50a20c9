// Starts what is measured.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** In ms. Nothing that is measured takes that long; a process that hangs does. */
const TIME_LIMIT = 60_000;
const OUTPUT_OF_FAILURE = 4_000;

/** To be ended with this process. */
const running = new Set();
process.on('exit', () => running.forEach(child => child.kill('SIGKILL')));

function start(command, args, { cwd = PROJECT, env, stdio }) {
  const child = spawn(command, args, { cwd, env, stdio });
  running.add(child);
  child.once('close', () => running.delete(child));
  return child;
}

/** The path of a file in this folder. */
export function benchmarkFile(path) {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

/** What runs a TypeScript file of this folder: the arguments for Node.js. */
export function typeScript(path) {
  return [createRequire(import.meta.url).resolve('ts-node/dist/bin'), '-T', '-P', 'tsconfig.dev.json', benchmarkFile(path)];
}

/**
 * Starts a process that tells on file descriptor 3, by a first byte, that it has done what is measured, and then, as JSON, of itself.
 *
 * @returns the milliseconds from the start to that byte, and what it tells
 */
export async function untilSignal(command, args, env) {
  const begin = performance.now();
  const child = start(command, args, { env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), TIME_LIMIT);
  let wall;
  let told = '';
  let output = '';
  child.stdio[3].setEncoding('utf8').on('data', text => {
    wall ??= performance.now() - begin;
    told += text;
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => { output += text; });
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  if (code !== 0 || wall === undefined) {
    throw new Error(`${[command, ...args].join(' ')}: ${signal ?? `exit code ${code}`}\n${output.slice(-OUTPUT_OF_FAILURE)}`);
  }
  return { wall, ...JSON.parse(told.slice(1)) };
}

/** A process that answers each message with one. */
export class Partner {
  #child;
  #output = '';

  constructor(command, args, env) {
    this.#child = start(command, args, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', text => { this.#output = `${this.#output}${text}`.slice(-OUTPUT_OF_FAILURE); });
    }
  }

  /** Its next message. */
  receive() {
    return new Promise((resolve, reject) => {
      const failed = () => {
        settle();
        reject(new Error(`${this.#child.spawnargs.join(' ')}: it ended\n${this.#output}`));
      };
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), TIME_LIMIT);
      const received = message => {
        settle();
        resolve(message);
      };
      const settle = () => {
        clearTimeout(timer);
        this.#child.off('close', failed).off('message', received);
      };
      this.#child.on('close', failed).on('message', received);
    });
  }

  ask(message) {
    const answer = this.receive();
    this.#child.send(message);
    return answer;
  }

  async end() {
    const closed = once(this.#child, 'close');
    // It is not told of a disconnection that comes from here.
    this.#child.kill('SIGKILL');
    await closed;
  }
}
