import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { EcrAutoCreate } from '../src';
import { createStack, ENV } from './fixtures';
import { METRICS, METRICS_NAMESPACE } from '../src/handler/metrics';
import { metricCreated, metricDeadLetters, metricFailed, metricRejected, metricTimeToCreate, type Monitored } from '../src/monitoring-metrics';

const FUNCTIONS = { metricCreated, metricRejected, metricFailed, metricTimeToCreate, metricDeadLetters };
type Metric = (monitored: Monitored, options?: cloudwatch.MetricOptions) => cloudwatch.Metric;

test.each<[keyof typeof METRICS, Metric, string]>([
  ['RepositoriesCreated', metricCreated, 'Sum'],
  ['PushesRejected', metricRejected, 'Sum'],
  ['CreateFailures', metricFailed, 'Sum'],
  ['TimeToCreate', metricTimeToCreate, 'p90'],
])('%s is the handler\'s, in five minutes', (metricName, metric, statistic) => {
  const stack = createStack();
  const construct = new EcrAutoCreate(stack, 'EcrAutoCreate');
  const { metricStat, mathExpression } = metric(construct).toMetricConfig();
  expect(mathExpression).toBeUndefined();
  expect(metricStat).toMatchObject({ namespace: 'EcrAutoCreate', metricName, statistic, period: Duration.minutes(5) });
  expect(metricStat?.unitFilter).toBeUndefined();
  expect(stack.resolve(metricStat?.dimensions)).toEqual([{ name: 'FunctionName', value: stack.resolve(construct.handler.functionName) }]);
});

test('there is one of each metric that the handler emits', () => {
  const construct = new EcrAutoCreate(createStack(), 'EcrAutoCreate');
  const metrics = Object.values(FUNCTIONS).map(metric => metric(construct)).filter(({ namespace }) => namespace === METRICS_NAMESPACE);
  expect(metrics.map(({ metricName }) => metricName)).toEqual(Object.keys(METRICS));
});

test('dead letters are the most that the queue held', () => {
  const stack = createStack();
  const construct = new EcrAutoCreate(stack, 'EcrAutoCreate');
  const { metricStat } = metricDeadLetters(construct).toMetricConfig();
  expect(metricStat).toMatchObject({
    namespace: 'AWS/SQS', metricName: 'ApproximateNumberOfMessagesVisible', statistic: 'Maximum', period: Duration.minutes(5),
  });
  expect(stack.resolve(metricStat?.dimensions)).toEqual([{ name: 'QueueName', value: stack.resolve(construct.deadLetterQueue.queueName) }]);
});

describe.each(Object.entries(FUNCTIONS))('%s', (_name, metric) => {
  test('takes options', () => {
    const construct = new EcrAutoCreate(createStack(), 'EcrAutoCreate');
    expect(metric(construct, { period: Duration.hours(1), statistic: 'Average', label: 'Mine', color: '#ff0000' })).toMatchObject({
      period: Duration.hours(1), statistic: 'Average', label: 'Mine', color: '#ff0000',
    });
  });

  test('is the stack\'s account\'s and Region\'s', () => {
    expect(metric(new EcrAutoCreate(createStack({ env: ENV }), 'EcrAutoCreate'))).toMatchObject(ENV);
    expect(metric(new EcrAutoCreate(createStack(), 'EcrAutoCreate'))).toMatchObject({ account: undefined, region: undefined });
  });
});

test('an imported queue has a metric too', () => {
  const stack = createStack();
  const deadLetterQueue = sqs.Queue.fromQueueArn(stack, 'Imported', 'arn:aws:sqs:eu-central-1:123456789012:dead-letters');
  const { handler } = new EcrAutoCreate(stack, 'EcrAutoCreate');
  expect(metricDeadLetters({ handler, deadLetterQueue }).dimensions).toEqual({ QueueName: 'dead-letters' });
});
