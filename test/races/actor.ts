import { BrokenRule } from './broken-rule';
import { checkLook } from './look-rule';
import type { Party, SharedEcr } from './shared-ecr';

/** How a call can go. */
export type Course = 'answered' | 'failed' | 'answer lost';

/** Performs a call of ECR, whenever its turn comes. */
export type Call = (action: string, input: unknown) => Promise<unknown>;

interface PendingCall {
  readonly action: string;
  readonly input: unknown;
  resolve(output: unknown): void;
  reject(error: unknown): void;
}

/** Somebody who calls ECR, and waits at each call until it is let through. */
export class Actor {
  /** What it knows: all that decides what it does next. */
  readonly memory: string[] = [];
  /** All that it has been told. */
  readonly story: string[] = [];
  /** Creations whose answer was lost. */
  untold = 0;
  private pending?: PendingCall;
  private error?: unknown;
  private paused: () => void = ignore;

  constructor(readonly party: Party, private readonly body: (call: Call, actor: Actor) => Promise<void>) {}

  /** The call that waits; none, and it has ended. */
  get waitsFor(): string | undefined {
    return this.pending?.action;
  }

  /** Begins anew, as another process does. */
  forget(note: string): void {
    this.memory.splice(0, Infinity, note);
    this.story.push(note);
  }

  /** Runs up to the first call. */
  async start(): Promise<void> {
    const paused = this.nextPause();
    const call: Call = async (action, input) => new Promise((resolve, reject) => {
      this.pending = { action, input, resolve, reject };
      this.paused();
    });
    this.body(call, this).catch(error => { this.error = error; }).finally(() => this.paused());
    await paused;
  }

  /** Lets the call through, and runs up to the next. */
  async proceed(ecr: SharedEcr, course: Course): Promise<void> {
    const { action, input, resolve, reject } = this.pending!;
    this.pending = undefined;
    const paused = this.nextPause();
    try {
      if (course === 'failed') throw broken(action);
      const output = ecr.call(this.party, action, input);
      if (this.party.owner !== undefined) checkLook(action, this.memory);
      if (course === 'answer lost') {
        if (action === 'CreateRepository') this.untold++;
        throw broken(action);
      }
      this.learn(`${action}: ${withoutTime(output)}`);
      resolve(output);
    } catch (error) {
      if (error instanceof BrokenRule) throw error;
      this.learn(`${action}: ${String(error)}`);
      reject(error);
    }
    await paused;
    // Not the handler's: it catches what ECR throws.
    if (this.error !== undefined) throw this.error;
  }

  private learn(what: string): void {
    this.memory.push(what);
    this.story.push(what);
  }

  private async nextPause(): Promise<void> {
    return new Promise(resolve => { this.paused = resolve; });
  }
}

function ignore(): void {}

function broken(action: string): Error {
  return Object.assign(new Error(`the connection broke at ${action}`), { name: 'TimeoutError' });
}

/** The same answer at another time is the same. */
function withoutTime(output: unknown): string {
  return JSON.stringify(output, (key, value: unknown) => key === 'createdAt' ? undefined : value);
}
