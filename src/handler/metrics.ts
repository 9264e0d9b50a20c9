export const METRICS_NAMESPACE = 'EcrAutoCreate';
export const METRICS_DIMENSION = 'FunctionName';

/** The metrics that the handler emits, with CloudWatch's units. */
export const METRICS = {
  RepositoriesCreated: 'Count',
  PushesRejected: 'Count',
  CreateFailures: 'Count',
  TimeToCreate: 'Milliseconds',
} as const;

export type MetricName = keyof typeof METRICS;
