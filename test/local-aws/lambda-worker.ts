import { ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** Why an invocation failed, as Lambda puts it. */
export interface LambdaFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: string[];
}

/** What a handler returned, or why it did not. */
export interface LambdaResponse {
  readonly payload?: unknown;
  readonly failure?: LambdaFailure;
}

/** What one invocation hands to the runtime. */
export interface LambdaRequest {
  readonly event: unknown;
  readonly context: { readonly awsRequestId: string } & Readonly<Record<string, unknown>>;
  readonly timeoutMilliseconds: number;
  /** By which the calls that it makes of other services are traced. */
  readonly traceId?: string;
}

export interface LambdaWorkerOptions {
  readonly nodeBinary: string;
  /** Where the function's code is. */
  readonly directory: string;
  /** All that the process finds in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Told of each line that the process writes; between invocations there is no request id. */
  readonly onLine: (text: string, stream: 'stdout' | 'stderr', requestId: string | undefined) => void;
}

/** The phase before a handler is first called is cut off after this. */
const INIT_TIMEOUT = 10_000;

/** An execution environment: one process that serves one invocation at a time. */
export class LambdaWorker {
  /** Settles when the handler is loaded. */
  readonly ready: Promise<LambdaResponse>;
  initMilliseconds = 0;
  private readonly child: ChildProcess;
  private readonly closed: Promise<void>;
  private readonly flushLines: (() => void)[] = [];
  private requestId?: string;
  private settle?: (response: LambdaResponse) => void;
  private alive = true;

  constructor(private readonly options: LambdaWorkerOptions) {
    const started = performance.now();
    this.child = fork(join(__dirname, 'lambda-runtime.cjs'), [], {
      execPath: options.nodeBinary,
      execArgv: [],
      cwd: options.directory,
      env: options.environment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.closed = new Promise(resolve => this.child.once('close', () => resolve()));
    this.listen('stdout', this.child.stdout);
    this.listen('stderr', this.child.stderr);
    // What the handler wrote before its answer is in the pipes by now, and read before the next turn.
    this.child.on('message', message => setImmediate(() => this.end(message as LambdaResponse)));
    this.child.on('error', error => this.die({ errorType: 'Runtime.InvalidEntrypoint', errorMessage: error.message }));
    this.child.once('exit', () => { this.alive = false; });
    this.child.once('close', (code, signal) => this.die({
      errorType: 'Runtime.ExitError',
      errorMessage: this.withRequestId(`Runtime exited with error: ${code === null ? `signal: ${signal}` : `exit status ${code}`}`),
    }));
    this.ready = this.respond(INIT_TIMEOUT).then(response => {
      this.initMilliseconds = performance.now() - started;
      return response;
    });
  }

  /** Whether it can serve another invocation: a process that exited or timed out cannot. */
  get isAlive(): boolean {
    return this.alive;
  }

  /** Calls the handler of a process that is alive, ready and not at work. */
  async invoke({ event, context, timeoutMilliseconds, traceId }: LambdaRequest): Promise<LambdaResponse> {
    this.requestId = context.awsRequestId;
    const response = this.respond(timeoutMilliseconds);
    this.child.send({ event, context, deadline: Date.now() + timeoutMilliseconds, traceId });
    try {
      return await response;
    } finally {
      this.flushLines.forEach(flush => flush());
      this.requestId = undefined;
    }
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    this.alive = false;
    if (this.child.pid === undefined) return;
    this.child.kill('SIGKILL');
    await this.closed;
  }

  /** Kills the process in the middle of its work, as the system does when it uses too much memory. */
  crash(): void {
    this.child.kill('SIGKILL');
  }

  /** Ends the process as at its timeout. */
  async timeOut(timeoutMilliseconds: number): Promise<void> {
    const failure = {
      errorType: 'Sandbox.Timedout',
      errorMessage: this.withRequestId(`Task timed out after ${(timeoutMilliseconds / 1_000).toFixed(2)} seconds`),
    };
    const { settle } = this;
    this.settle = undefined;
    await this.stop();
    settle?.({ failure });
  }

  private async respond(timeoutMilliseconds: number): Promise<LambdaResponse> {
    const answered = new Promise<LambdaResponse>(resolve => { this.settle = resolve; });
    const timer = setTimeout(() => void this.timeOut(timeoutMilliseconds), timeoutMilliseconds);
    try {
      return await answered;
    } finally {
      clearTimeout(timer);
    }
  }

  private withRequestId(message: string): string {
    return this.requestId === undefined ? message : `RequestId: ${this.requestId} Error: ${message}`;
  }

  private end({ payload, failure }: LambdaResponse): void {
    this.settle?.({ payload, failure });
    this.settle = undefined;
  }

  private die(failure: LambdaFailure): void {
    this.alive = false;
    this.end({ failure });
  }

  private listen(stream: 'stdout' | 'stderr', source: Readable | null): void {
    let rest = '';
    const write = (text: string): void => this.options.onLine(text, stream, this.requestId);
    source?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(write);
    });
    this.flushLines.push(() => {
      if (rest !== '') write(rest);
      rest = '';
    });
  }
}
