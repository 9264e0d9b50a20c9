import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { METRICS_DIMENSION, METRICS_NAMESPACE, type MetricName } from './handler/metrics';

/** What is monitored; an `EcrAutoCreate` is one. */
export interface Monitored {
  readonly handler: lambda.IFunction;
  readonly deadLetterQueue: sqs.IQueue;
}

/** How many repositories were created. */
export function metricCreated({ handler }: Monitored, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
  return handlerMetric(handler, 'RepositoriesCreated', cloudwatch.Stats.SUM, options);
}

/** How many failed pushes were not allowed to create a repository. */
export function metricRejected({ handler }: Monitored, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
  return handlerMetric(handler, 'PushesRejected', cloudwatch.Stats.SUM, options);
}

/** How many attempts to create or configure a repository failed, retries included. */
export function metricFailed({ handler }: Monitored, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
  return handlerMetric(handler, 'CreateFailures', cloudwatch.Stats.SUM, options);
}

/** How many milliseconds passed from a failed push until its repository was ready: p90, as an average hides the slow ones. */
export function metricTimeToCreate({ handler }: Monitored, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
  return handlerMetric(handler, 'TimeToCreate', cloudwatch.Stats.percentile(90), options);
}

/** How many messages the dead-letter queue holds that are not being handled. */
export function metricDeadLetters({ deadLetterQueue }: Monitored, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
  return deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: cloudwatch.Stats.MAXIMUM, ...options });
}

function handlerMetric(handler: lambda.IFunction, metricName: MetricName, statistic: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap: { [METRICS_DIMENSION]: handler.functionName },
    statistic,
    ...options,
  }).attachTo(handler);
}
