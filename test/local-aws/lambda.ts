import { randomUUID } from 'node:crypto';
import type { DeployedResource, Deployment } from './cloudformation';
import { DeploymentError } from './deployment-error';
import { objectOf, stringOf } from './json';
import { AsynchronousInvoker, AsynchronousOutcome, AsynchronousOptions, LostEvent } from './lambda-async';
import { LambdaCode } from './lambda-code';
import { LambdaFailure, LambdaResponse, LambdaWorker } from './lambda-worker';
import { canBeAssumedBy, evaluateForRole } from './role-policies';
import { RoleSession, startRoleSession } from './role-session';
import { Semaphore } from './semaphore';

/** A line that a function wrote. */
export interface LogLine {
  readonly text: string;
  readonly stream: 'stdout' | 'stderr';
  /** None for what was written while the code was loaded. */
  readonly requestId?: string;
}

export interface InvocationStart {
  readonly requestId: string;
  /** Whether a process was started for it, and how long that took until the handler was loaded. */
  readonly cold: boolean;
  readonly initMilliseconds?: number;
}

/** One run of a handler. */
export interface Invocation extends InvocationStart {
  /** How long the handler ran. */
  readonly milliseconds: number;
  readonly payload?: unknown;
  readonly failure?: LambdaFailure;
}

export interface LambdaOptions extends AsynchronousOptions {
  /** What runs the code. @default - the Node.js that runs this */
  readonly nodeBinary?: string;
  /** Variables beside those of the template and of Lambda, read when a process starts. */
  readonly environment?: () => Readonly<Record<string, string>>;
  /** How many may run at a time where the template reserves none. @default 10 */
  readonly concurrency?: number;
  /** Told before the handler is called. */
  readonly onStart?: (start: InvocationStart) => void;
  /** Told when the handler has ended. */
  readonly onInvocation?: (invocation: Invocation) => void;
}

/** A deployed function: its code runs in processes of its own, with the environment that Lambda would give them. */
export class LambdaFunction {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** In milliseconds. */
  readonly timeout: number;
  readonly session: RoleSession;
  /** Whether the role lacks the permissions to write to the log group: what the function writes is then lost. */
  readonly unwritableLogs: boolean;
  /** What is in the log group. */
  readonly logs: LogLine[] = [];
  /** All that the function wrote, also if it never got to the log group. */
  readonly output: LogLine[] = [];
  /** All invocations that ended, retries included. */
  readonly invocations: Invocation[] = [];
  private readonly logGroupName: string;
  private readonly logStreamName: string;
  private readonly memorySize: string;
  private readonly code: LambdaCode;
  private concurrency: number;
  private slots: Semaphore;
  private readonly workers = new Set<LambdaWorker>();
  private readonly idle: LambdaWorker[] = [];
  /** By the trace of the invocation. */
  private readonly working = new Map<string, LambdaWorker>();
  private readonly asynchronous: AsynchronousInvoker;
  private closed = false;
  private deleted = false;

  constructor(private readonly deployment: Deployment, private readonly resource: DeployedResource, private readonly options: LambdaOptions) {
    const { LoggingConfig: logging, MemorySize: memorySize, Role: role, Timeout: timeout } = resource.properties;
    this.logicalId = resource.logicalId;
    this.name = resource.physicalId;
    this.arn = resource.arn ?? '';
    if (!canBeAssumedBy('lambda.amazonaws.com', deployment, String(role))) {
      throw new DeploymentError(this.logicalId, 'the role defined for the function cannot be assumed by Lambda');
    }
    this.code = new LambdaCode(deployment, resource);
    this.timeout = Number(timeout ?? 3) * 1_000;
    this.session = startRoleSession(String(role), this.name);
    this.logGroupName = stringOf(objectOf(logging).LogGroup) ?? `/aws/lambda/${this.name}`;
    this.logStreamName = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
    this.memorySize = String(memorySize ?? 128);
    this.unwritableLogs = !this.mayWriteLogs();
    this.concurrency = Number(resource.properties.ReservedConcurrentExecutions ?? options.concurrency ?? 10);
    this.slots = new Semaphore(this.concurrency);
    this.asynchronous = new AsynchronousInvoker(deployment, this, options);
  }

  /** What neither succeeded nor got to the on-failure destination. */
  get lost(): readonly LostEvent[] {
    return this.asynchronous.lost;
  }

  /** Whether it exists: {@link delete} and {@link recreate} change that. */
  get exists(): boolean {
    return !this.deleted;
  }

  /** Whether no invocation can ever start, as none are reserved. */
  get isThrottled(): boolean {
    return this.concurrency === 0;
  }

  /** Runs the handler once, when there is room for it. */
  async invoke(event: unknown, requestId: string = randomUUID()): Promise<Invocation> {
    if (this.deleted) throw new Error(`${this.logicalId}: ResourceNotFoundException: Function not found: ${this.arn}`);
    if (this.isThrottled) throw new Error(`${this.logicalId}: TooManyRequestsException: Rate Exceeded.`);
    return this.slots.run(async () => this.record(await this.run(event, requestId)));
  }

  /** As {@link invoke}, but gives the event up if it is too old by the time that there is room for it. */
  async invokeUnless(isTooOld: () => boolean, event: unknown, requestId: string): Promise<Invocation | undefined> {
    return this.slots.run(async () => isTooOld() ? undefined : this.record(await this.run(event, requestId)));
  }

  /** Invokes as services do that do not wait for an answer: with retries, and the on-failure destination in the end. */
  async invokeAsync(event: unknown): Promise<AsynchronousOutcome> {
    return this.asynchronous.invoke(event);
  }

  /** Lets so many run at a time, as `aws lambda put-function-concurrency` does, beside those that run already. */
  reserveConcurrency(concurrency: number): void {
    this.concurrency = concurrency;
    this.slots = new Semaphore(concurrency);
  }

  /** Deletes the function, and nothing that belongs to it. */
  async delete(): Promise<void> {
    this.deleted = true;
    this.idle.length = 0;
    await Promise.all([...this.workers].map(async worker => this.discard(worker)));
  }

  /** Makes the deleted function again, under its name. */
  recreate(): void {
    this.deleted = false;
  }

  /** Ends the process that serves the invocation of that trace, in the middle of its work. */
  async interrupt(traceId: string | undefined, by: 'crash' | 'timeout'): Promise<void> {
    const worker = this.working.get(String(traceId));
    if (worker === undefined) throw new Error(`${this.logicalId}: no invocation is traced by ${traceId}`);
    if (by === 'crash') worker.crash();
    else await worker.timeOut(this.timeout);
  }

  /** Ends the function's processes and removes its inline code; whatever waits for a retry is lost. */
  async close(): Promise<void> {
    this.closed = true;
    this.asynchronous.close();
    await Promise.all([...this.workers].map(async worker => worker.stop()));
    this.code.remove();
  }

  private record(invocation: Invocation): Invocation {
    this.invocations.push(invocation);
    this.options.onInvocation?.(invocation);
    return invocation;
  }

  private async run(event: unknown, requestId: string): Promise<Invocation> {
    if (this.closed) {
      return { requestId, cold: false, milliseconds: 0, failure: { errorType: 'Sandbox.Closed', errorMessage: 'the function is closed' } };
    }
    const warm = this.takeIdle();
    const worker = warm ?? this.startWorker();
    const { failure: initFailure } = await worker.ready;
    const start = { requestId, cold: warm === undefined, ...(warm === undefined && { initMilliseconds: worker.initMilliseconds }) };
    this.options.onStart?.(start);
    const started = performance.now();
    const traceId = traceIdOf(requestId);
    this.working.set(traceId, worker);
    const response: LambdaResponse = initFailure === undefined
      ? await worker.invoke({ event, context: this.context(requestId), timeoutMilliseconds: this.timeout, traceId })
      : { failure: initFailure };
    this.working.delete(traceId);
    const milliseconds = performance.now() - started;

    if (initFailure === undefined && worker.isAlive) this.idle.push(worker);
    else await this.discard(worker);
    return { ...start, milliseconds, ...response };
  }

  /** A process can have ended since its last invocation. */
  private takeIdle(): LambdaWorker | undefined {
    for (let worker = this.idle.pop(); worker !== undefined; worker = this.idle.pop()) {
      if (worker.isAlive) return worker;
      this.workers.delete(worker);
    }
    return undefined;
  }

  private startWorker(): LambdaWorker {
    const { directory } = this.code;
    const worker = new LambdaWorker({
      nodeBinary: this.options.nodeBinary ?? process.execPath,
      directory,
      environment: this.environment(directory),
      onLine: (text, stream, requestId) => this.log({ text, stream, ...(requestId !== undefined && { requestId }) }),
    });
    this.workers.add(worker);
    return worker;
  }

  private async discard(worker: LambdaWorker): Promise<void> {
    this.workers.delete(worker);
    await worker.stop();
  }

  private environment(directory: string): Record<string, string> {
    const { Environment: environment, Handler: handler, Runtime: runtime } = this.resource.properties;
    const { region } = this.deployment.environment;
    const { accessKeyId, secretAccessKey, sessionToken } = this.session.credentials;
    const variables = Object.entries(objectOf(objectOf(environment).Variables)).map(([key, value]) => [key, String(value)]);
    return {
      // The only one of these that a function may change.
      ...(this.code.nodePath !== undefined && { NODE_PATH: this.code.nodePath }),
      ...Object.fromEntries(variables),
      TZ: ':UTC',
      _HANDLER: String(handler),
      LAMBDA_TASK_ROOT: directory,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EXECUTION_ENV: `AWS_Lambda_${String(runtime)}`,
      AWS_LAMBDA_FUNCTION_NAME: this.name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: this.memorySize,
      AWS_LAMBDA_LOG_GROUP_NAME: this.logGroupName,
      AWS_LAMBDA_LOG_STREAM_NAME: this.logStreamName,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      ...this.options.environment?.(),
    };
  }

  private context(awsRequestId: string): { awsRequestId: string } & Record<string, unknown> {
    return {
      awsRequestId,
      functionName: this.name,
      functionVersion: '$LATEST',
      invokedFunctionArn: this.arn,
      memoryLimitInMB: this.memorySize,
      logGroupName: this.logGroupName,
      logStreamName: this.logStreamName,
    };
  }

  private log(line: LogLine): void {
    this.output.push(line);
    if (!this.unwritableLogs) this.logs.push(line);
  }

  private mayWriteLogs(): boolean {
    const { account, partition, region } = this.deployment.environment;
    const resource = `arn:${partition}:logs:${region}:${account}:log-group:${this.logGroupName}:log-stream:${this.logStreamName}`;
    return ['logs:CreateLogStream', 'logs:PutLogEvents'].every(action =>
      evaluateForRole(this.deployment, this.session.roleArn, { action, resource, context: {} }) === 'allowed');
  }
}

/** In the form of X-Ray; the attempts of one request have one trace, as in Lambda. */
function traceIdOf(requestId: string): string {
  const digits = requestId.replaceAll('-', '');
  return `Root=1-${digits.slice(0, 8)}-${digits.slice(8)};Parent=${digits.slice(16)};Sampled=0`;
}
