import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Deployment } from './cloudformation';
import { objectOf, stringOf } from './json';
import type { Invocation, LambdaFunction } from './lambda';
import type { Queue } from './queue';

/** An event that nobody has any more, and why. */
export interface LostEvent {
  readonly event: unknown;
  readonly reason: string;
}

/** How an asynchronous invocation ended. */
export interface AsynchronousOutcome {
  readonly requestId: string;
  readonly attempts: readonly Invocation[];
  readonly outcome: 'succeeded' | 'sentToDestination' | 'lost';
}

export interface AsynchronousOptions {
  /** The deployed queues, any of which may be the on-failure destination. */
  readonly queues: readonly Queue[];
  /** What the waits between attempts are multiplied by; the age of an event grows as if it were 1. @default 0 */
  readonly retryWaitFactor?: number;
  /** The time in milliseconds, by which events grow old. @default Date.now */
  readonly clock?: () => number;
  readonly onDestination?: (queue: Queue) => void;
  readonly onLost?: (lost: LostEvent) => void;
}

/** How long Lambda waits before the second and the third attempt. */
const RETRY_WAITS = [60_000, 120_000];

type Condition = 'RetriesExhausted' | 'EventAgeExceeded';

/** Lambda's queue for asynchronous invocations of one function. */
export class AsynchronousInvoker {
  readonly lost: LostEvent[] = [];
  private readonly retryAttempts: number;
  private readonly maximumAge: number;
  private readonly destinationArn?: string;
  private readonly closed = new AbortController();

  constructor(
    deployment: Deployment,
    private readonly lambda: Pick<LambdaFunction, 'arn' | 'name' | 'session' | 'isThrottled' | 'invokeUnless'>,
    private readonly options: AsynchronousOptions,
  ) {
    const config = deployment.resources('AWS::Lambda::EventInvokeConfig')
      .filter(({ properties }) => properties.Qualifier === '$LATEST')
      .find(({ properties }) => [lambda.arn, lambda.name].includes(String(properties.FunctionName)));
    const { DestinationConfig: destinations, MaximumEventAgeInSeconds: age, MaximumRetryAttempts: retries } = objectOf(config?.properties);
    this.retryAttempts = Number(retries ?? 2);
    this.maximumAge = Number(age ?? 21_600) * 1_000;
    this.destinationArn = stringOf(objectOf(objectOf(destinations).OnFailure).Destination);
  }

  async invoke(event: unknown): Promise<AsynchronousOutcome> {
    const requestId = randomUUID();
    const attempts: Invocation[] = [];
    if (this.lambda.isThrottled) return this.fail(event, requestId, attempts, 'EventAgeExceeded');

    const factor = this.options.retryWaitFactor ?? 0;
    const clock = this.options.clock ?? Date.now;
    const queuedAt = clock();
    let skippedWaits = 0;
    const isTooOld = (pause = 0): boolean => clock() - queuedAt + skippedWaits + pause >= this.maximumAge;
    for (;;) {
      const attempt = await this.lambda.invokeUnless(isTooOld, event, requestId);
      if (attempt === undefined) return this.fail(event, requestId, attempts, 'EventAgeExceeded');
      attempts.push(attempt);
      if (attempt.failure === undefined) return { requestId, attempts, outcome: 'succeeded' };
      if (attempts.length > this.retryAttempts) return this.fail(event, requestId, attempts, 'RetriesExhausted');

      const pause = RETRY_WAITS[attempts.length - 1];
      if (isTooOld(pause)) return this.fail(event, requestId, attempts, 'EventAgeExceeded');
      skippedWaits += pause * (1 - factor);
      try {
        await wait(pause * factor, undefined, { signal: this.closed.signal });
      } catch {
        return this.lose(event, requestId, attempts, 'the function was closed while the event waited for a retry');
      }
    }
  }

  /** Ends the waits. */
  close(): void {
    this.closed.abort();
  }

  private fail(event: unknown, requestId: string, attempts: readonly Invocation[], condition: Condition): AsynchronousOutcome {
    const lose = (why: string): AsynchronousOutcome => this.lose(event, requestId, attempts, `${condition}, and ${why}`);
    if (this.destinationArn === undefined) return lose('there is no on-failure destination');
    const queue = this.options.queues.find(({ arn }) => arn === this.destinationArn);
    if (queue === undefined) return lose(`the on-failure destination ${this.destinationArn} is no queue of the deployment`);
    const { callerArn, roleArn } = this.lambda.session;
    if (!queue.isSendAllowedForRole(roleArn)) return lose(`${callerArn} is not authorized to send to the on-failure destination ${queue.arn}`);
    queue.send(JSON.stringify(this.record(event, requestId, attempts, condition)));
    this.options.onDestination?.(queue);
    return { requestId, attempts, outcome: 'sentToDestination' };
  }

  /** What Lambda sends to an on-failure destination. */
  private record(event: unknown, requestId: string, attempts: readonly Invocation[], condition: Condition): unknown {
    const failure = attempts.at(-1)?.failure;
    return {
      version: '1.0',
      timestamp: new Date().toISOString(),
      requestContext: { requestId, functionArn: `${this.lambda.arn}:$LATEST`, condition, approximateInvokeCount: attempts.length },
      requestPayload: event,
      ...(failure !== undefined && {
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        responsePayload: failure,
      }),
    };
  }

  private lose(event: unknown, requestId: string, attempts: readonly Invocation[], reason: string): AsynchronousOutcome {
    const lost = { event, reason };
    this.lost.push(lost);
    this.options.onLost?.(lost);
    return { requestId, attempts, outcome: 'lost' };
  }
}
