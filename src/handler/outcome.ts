import type { Rejection } from './decision';
import { METRICS, METRICS_DIMENSION, METRICS_NAMESPACE, type MetricName } from './metrics';
import type { PushAttempt } from './push-event';

/** What became of one event. */
export type Outcome =
  | { readonly outcome: 'created' }
  | { readonly outcome: 'completed'; readonly completed: string[] }
  | { readonly outcome: 'exists' }
  | { readonly outcome: 'rejected'; readonly rejection: Rejection }
  | { readonly outcome: 'failed'; readonly error: unknown; readonly created: boolean };

/** How the event came to the handler. */
export interface Delivery {
  readonly requestId?: string;

  /** Replayed from the dead-letter queue: how long ago the push was then says nothing of how long a creation takes. */
  readonly redriven?: boolean;
}

/** Names are at most 256 characters; what a forged event holds instead must not fill the log. */
const MAX_LOGGED_LENGTH = 2048;

/**
 * Writes the one log line of an event: JSON, with the metrics in CloudWatch's embedded metric format.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function logOutcome(outcome: Outcome, attempt: PushAttempt | undefined, { requestId, redriven }: Delivery): void {
  const now = Date.now();
  // Clocks differ: a push is never in the future.
  const elapsed = attempt?.time === undefined ? undefined : Math.max(0, now - attempt.time);
  const line = {
    level: levelOf(outcome),
    message: messageOf(outcome, attempt?.repositoryName),
    outcome: outcome.outcome,
    ...detailsOf(outcome),
    repositoryName: cut(attempt?.repositoryName),
    pushedBy: cut(attempt?.pushedBy),
    sourceIpAddress: cut(attempt?.sourceIpAddress),
    millisecondsSincePush: elapsed,
    requestId,
    redriven,
    ...metricsOf(outcome, redriven ? undefined : elapsed, now),
  };
  writeLine(line);
}

/** What JSON leaves as it is, and readers of the log may take for an end of line, a command of the terminal, or another order of the text. */
const CONTROLS = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Writes a line of JSON: straight to stdout, because the runtime's console puts a prefix before it and CloudWatch then finds no metrics. */
export function writeLine(line: Record<string, unknown>): void {
  const text = JSON.stringify(line).replace(CONTROLS, control => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
  process.stdout.write(`${text}\n`);
}

function levelOf({ outcome }: Outcome): string {
  if (outcome === 'failed') return 'ERROR';
  return outcome === 'rejected' ? 'WARN' : 'INFO';
}

function messageOf(outcome: Outcome, name: string | undefined): string {
  const repository = name === undefined ? 'repository' : `${cut(name)} repository`;
  switch (outcome.outcome) {
    // The wording of the AWS post that this replaces, which people search their logs for.
    case 'created':
    case 'completed':
      return `created ${repository}`;
    case 'exists':
      return `${repository} already exists`;
    case 'rejected':
      return `rejected ${repository}: ${cut(outcome.rejection.explanation)}`;
    case 'failed':
      return `failed to ${outcome.created ? 'configure' : 'create'} ${repository}: ${describeError(outcome.error).errorMessage}`;
  }
}

function detailsOf(outcome: Outcome): Record<string, unknown> {
  switch (outcome.outcome) {
    case 'completed':
      return { completed: outcome.completed };
    case 'rejected':
      return { reason: outcome.rejection.reason };
    case 'failed':
      return describeError(outcome.error);
    case 'created':
    case 'exists':
      return {};
  }
}

function describeError(error: unknown) {
  return error instanceof Error
    ? { errorName: error.name, errorMessage: cut(error.message) }
    : { errorName: 'Error', errorMessage: cut(String(error)) };
}

function metricsOf(outcome: Outcome, elapsed: number | undefined, timestamp: number): Record<string, unknown> {
  const values: Partial<Record<MetricName, number>> = {};
  switch (outcome.outcome) {
    case 'created':
      values.RepositoriesCreated = 1;
      values.TimeToCreate = elapsed;
      break;
    case 'completed':
      values.TimeToCreate = elapsed;
      break;
    case 'rejected':
      values.PushesRejected = 1;
      break;
    case 'failed':
      values.CreateFailures = 1;
      // Counted here, as the retry that completes it does not create it.
      if (outcome.created) values.RepositoriesCreated = 1;
      break;
    case 'exists':
      break;
  }
  const names = (Object.keys(values) as MetricName[]).filter(name => values[name] !== undefined);
  if (names.length === 0) return {};
  return {
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [{
        Namespace: METRICS_NAMESPACE,
        Dimensions: [[METRICS_DIMENSION]],
        Metrics: names.map(Name => ({ Name, Unit: METRICS[Name] })),
      }],
    },
    [METRICS_DIMENSION]: process.env.AWS_LAMBDA_FUNCTION_NAME,
    ...values,
  };
}

function cut(value: string | undefined): string | undefined {
  return value === undefined || value.length <= MAX_LOGGED_LENGTH ? value : `${value.slice(0, MAX_LOGGED_LENGTH)}…`;
}
