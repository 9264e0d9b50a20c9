import { setImmediate as nextTurn } from 'node:timers/promises';
import { TokenBucket } from './token-bucket';
import { EcrError } from '../../test/local-aws/ecr-error';
import type { JsonObject } from '../../test/local-aws/json';
import type { LambdaFunction } from '../../test/local-aws/lambda';
import { LocalAws } from '../../test/local-aws/local-aws';

// One burst of failed pushes on the local AWS: burst.ts OPTIONS prints what became of it, as JSON.

interface BurstOptions {
  readonly assembly: string;
  readonly stackName: string;
  readonly nodeBinary: string;
  /** An event as JSON, and the name that stands in it for a repository's. */
  readonly event: { readonly template: string; readonly name: string };
  readonly repositories: number;
  readonly layers: number;
  readonly attempts: number;
  readonly concurrency: number;
  /** Calls a second, of each action. */
  readonly rate: number;
}

/** Lambda waits one minute, then two; here, one second, then two. */
const RETRY_WAIT_FACTOR = 1 / 60;
/** Processes that start at the same time: on few processors, more of them would keep each other from being ready in time. */
const STARTS_AT_A_TIME = 4;
const EVENTS_A_TURN = 50;
const MAX_REDRIVES = 20;
const THROTTLED = 'ThrottlingException';

async function burst(options: BurstOptions): Promise<JsonObject> {
  // Messages that fail again are invisible for minutes. The clock that the queue is made with here can skip them.
  const { now } = Date;
  let skipped = 0;
  Date.now = () => now() + skipped;

  const buckets = new Map<string, TokenBucket>();
  const aws = await LocalAws.deploy(options.assembly, {
    stackName: options.stackName,
    nodeBinary: options.nodeBinary,
    concurrency: options.concurrency,
    retryWaitFactor: RETRY_WAIT_FACTOR,
    beforeCall: action => {
      const bucket = buckets.get(action) ?? new TokenBucket(options.rate);
      buckets.set(action, bucket);
      if (!bucket.take()) throw new EcrError(THROTTLED, 'Rate exceeded');
    },
  });
  try {
    const [lambda] = aws.functions;
    const [queue] = aws.queues;
    const [mapping] = aws.eventSourceMappings;
    await startProcesses(lambda, options.concurrency);
    const earlier = lambda.invocations.length;

    const start = performance.now();
    const startTime = now();
    const events = await putAll(aws, options);
    const drainedSeconds = (performance.now() - start) / 1_000;

    const invocations = lambda.invocations.slice(earlier);
    const deadLetters = queue.messages.length;
    const succeeded = new Set(invocations.filter(({ failure }) => failure === undefined).map(({ requestId }) => requestId)).size;
    const createdBeforeRedrive = aws.ecr.repositories.size;

    mapping.setEnabled(true);
    let redrives = 0;
    for (; queue.messages.length > 0 && redrives < MAX_REDRIVES; redrives++) {
      // As many at a time as the mapping's concurrency.
      await Promise.all([mapping.poll(), mapping.poll()]);
      skipped += queue.visibilityTimeout;
    }
    await aws.idle();

    const repositories = [...aws.ecr.repositories.values()];
    const calls: Partial<Record<string, number>> = {};
    for (const { action } of aws.ecr.calls) calls[action] = (calls[action] ?? 0) + 1;
    return {
      concurrency: options.concurrency,
      repositories: options.repositories,
      events,
      created: repositories.length,
      // Lost is what the local AWS knows to be nowhere, and every event of which it knows nothing.
      lost: Math.max(aws.lost.length, events - succeeded - deadLetters),
      createCalls: calls.CreateRepository ?? 0,
      seconds: (Math.max(...repositories.map(({ createdAt }) => createdAt.getTime())) - startTime) / 1_000,
      drainedSeconds,
      createdBeforeRedrive,
      deadLetters,
      redrives,
      leftInQueue: queue.messages.length,
      incomplete: repositories.filter(({ lifecyclePolicyText }) => lifecyclePolicyText === undefined).length,
      invocations: invocations.length,
      failedInvocations: invocations.filter(({ failure }) => failure !== undefined).length,
      calls,
      throttledCalls: aws.ecr.calls.filter(({ error }) => error === THROTTLED).length,
      callsPerRepository: aws.ecr.calls.length / options.repositories,
      callsPerSecondAllowed: options.rate,
    };
  } finally {
    await aws.close();
  }
}

/** Has as many processes ready as will run at a time: that a machine with few processors needs long to start them says nothing of Lambda. */
async function startProcesses(lambda: LambdaFunction, concurrency: number): Promise<void> {
  for (let count = STARTS_AT_A_TIME; count < concurrency + STARTS_AT_A_TIME; count += STARTS_AT_A_TIME) {
    // Nothing that our handler takes for a push.
    const invocations = await Promise.all(Array.from({ length: Math.min(count, concurrency) }, async () => lambda.invoke({})));
    const failure = invocations.find(invocation => invocation.failure !== undefined)?.failure;
    if (failure !== undefined) throw new Error(`a process did not start: ${failure.errorMessage}`);
  }
}

/** Every layer of every push fails, and every client pushes again; all of the events come as fast as the bus takes them. @returns how many */
async function putAll(aws: LocalAws, { attempts, event: { name, template }, layers, repositories }: BurstOptions): Promise<number> {
  const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const handled: Promise<void>[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    for (let repository = 0; repository < repositories; repository++) {
      for (let layer = 0; layer < layers; layer++) {
        const event = JSON.parse(template.replaceAll(name, `backend/burst-${repository}`)) as JsonObject & { detail: JsonObject };
        handled.push(aws.bus.put({ ...event, time, detail: { ...event.detail, eventTime: time } }));
        // The functions' calls are answered in between.
        if (handled.length % EVENTS_A_TURN === 0) await nextTurn();
      }
    }
  }
  await Promise.all(handled);
  await aws.idle();
  return handled.length;
}

burst(JSON.parse(process.argv[2]) as BurstOptions).then(
  result => process.stdout.write(`${JSON.stringify(result)}\n`),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
