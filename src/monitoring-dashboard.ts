import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { metricCreated, metricDeadLetters, metricFailed, metricRejected, metricTimeToCreate, type Monitored } from './monitoring-metrics';

/** Half of a dashboard's 24 columns. */
const WIDTH = 12;

/**
 * Adds a heading and two rows of graphs.
 *
 * @param name tells several copies on one dashboard apart
 */
export function addWidgets(dashboard: cloudwatch.Dashboard, name: string, monitored: Monitored): void {
  const { handler } = monitored;
  dashboard.addWidgets(new cloudwatch.TextWidget({
    markdown: `## Amazon ECR repositories created on push: ${name}`,
    width: 2 * WIDTH,
    height: 1,
  }));
  dashboard.addWidgets(
    graph('Pushes to missing repositories', 'Count', [
      metricCreated(monitored, { label: 'Created' }),
      metricRejected(monitored, { label: 'Rejected' }),
      metricFailed(monitored, { label: 'Failed attempts', color: cloudwatch.Color.RED }),
    ]),
    graph('Time from push to repository', 'Milliseconds', [
      metricTimeToCreate(monitored, { statistic: cloudwatch.Stats.percentile(50), label: 'p50' }),
      metricTimeToCreate(monitored, { statistic: cloudwatch.Stats.percentile(90), label: 'p90' }),
    ]),
  );
  dashboard.addWidgets(
    graph('Dead letters', 'Count', [metricDeadLetters(monitored, { label: 'Waiting', color: cloudwatch.Color.RED })]),
    graph('Function', 'Milliseconds', [
      handler.metricDuration({ statistic: cloudwatch.Stats.percentile(90), label: 'Duration p90' }),
    ], [
      handler.metricThrottles({ label: 'Throttles' }),
      handler.metric('ConcurrentExecutions', { statistic: cloudwatch.Stats.MAXIMUM, label: 'Concurrency' }),
    ]),
  );
}

/** A graph of the left metrics in their unit, and of the right ones as counts. */
function graph(title: string, unit: string, left: cloudwatch.IMetric[], right?: cloudwatch.IMetric[]): cloudwatch.GraphWidget {
  const axis = (label: string): cloudwatch.YAxisProps => ({ min: 0, label, showUnits: false });
  return new cloudwatch.GraphWidget({ title, width: WIDTH, left, leftYAxis: axis(unit), right, rightYAxis: right && axis('Count') });
}
