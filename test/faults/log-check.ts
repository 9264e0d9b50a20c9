import { KILLED } from './fault';
import type { PolledBatch } from '../local-aws/event-source-mapping';
import { listOf, objectOf } from '../local-aws/json';
import type { Invocation } from '../local-aws/lambda';

/** A line of the handler's log. */
export type HandlerLine = { readonly requestId?: string } & Readonly<Record<string, unknown>>;

/** How the events of one invocation ended, as Lambda sees it. */
export interface Attempt {
  readonly requestId: string;
  /** The process ended in the middle. It cannot write then: Lambda's own report and the function's `Errors` tell of that. */
  readonly killed: boolean;
  readonly failed: number;
  readonly done: number;
}

/** An attempt at one event. */
export function attemptOf({ failure, requestId }: Invocation): Attempt {
  const killed = Object.values(KILLED).some(type => type === failure?.errorType);
  return { requestId, killed, failed: failure === undefined || killed ? 0 : 1, done: failure === undefined ? 1 : 0 };
}

/** An attempt at a batch of events, which does not fail as a whole unless the process ends. */
export function batchAttemptOf({ deleted, invocation }: PolledBatch): Attempt {
  const failed = listOf(objectOf(invocation.payload).batchItemFailures).length;
  return { ...attemptOf(invocation), ...invocation.failure === undefined && { failed, done: deleted.length } };
}

/** What is wrong with the log of the attempts: each event that failed has one ERROR line that counts it, each other event one line. */
export function logProblems(attempts: readonly Attempt[], lines: readonly HandlerLine[]): string[] {
  const requestIds = new Set(attempts.map(({ requestId }) => requestId));
  const problems = [...requestIds].flatMap(requestId => requestProblems(
    attempts.filter(attempt => attempt.requestId === requestId), lines.filter(line => line.requestId === requestId),
  ));
  const created = sum(lines.map(line => Number(line.RepositoriesCreated ?? 0)));
  const names = new Set(lines.map(line => line.repositoryName));
  return created > names.size ? [...problems, `RepositoriesCreated counts ${created} for ${names.size} repositories`] : problems;
}

function requestProblems(attempts: readonly Attempt[], lines: readonly HandlerLine[]): string[] {
  const failures = lines.filter(isFailure).length;
  const others = lines.filter(({ level }) => level !== 'ERROR').length;
  const failed = sum(attempts.map(attempt => attempt.failed));
  const done = sum(attempts.map(attempt => attempt.done));
  // Of a batch, some events are done before the process is killed at another one.
  const isTold = others === done || others > done && attempts.some(({ killed }) => killed);
  return [
    ...failures === failed ? [] : [`${failures} ERROR lines with CreateFailures tell of ${failed} failures`],
    ...isTold ? [] : [`${others} lines tell of ${done} events that were done`],
    ...failures + others === lines.length ? [] : ['a line of level ERROR counts no failure'],
  ];
}

/** A failure in the log, with the metric that alarms are on. */
function isFailure({ CreateFailures: failures, _aws: metrics, level, outcome }: HandlerLine): boolean {
  const [directive] = listOf(objectOf(metrics).CloudWatchMetrics);
  const names = listOf(objectOf(directive).Metrics).map(metric => objectOf(metric).Name);
  return level === 'ERROR' && outcome === 'failed' && failures === 1 && names.includes('CreateFailures');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
