import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { EcrAutoCreate } from '../src';
import { createStack, only, readable } from './fixtures';
import { addWidgets } from '../src/monitoring-dashboard';

/** The widgets of the only dashboard, with `<function>` and `<queue>` for the names. */
function widgetsOf(stack: Stack, construct: EcrAutoCreate) {
  const body = readable(only(Template.fromStack(stack), 'AWS::CloudWatch::Dashboard').Properties.DashboardBody)
    .replaceAll(readable(stack.resolve(construct.handler.functionName)), '<function>')
    .replaceAll(readable(stack.resolve(construct.deadLetterQueue.queueName)), '<queue>');
  return JSON.parse(body).widgets;
}

describe('on a dashboard', () => {
  const stack = createStack();
  const construct = new EcrAutoCreate(stack, 'EcrAutoCreate');
  addWidgets(new cloudwatch.Dashboard(stack, 'Dashboard'), construct.node.path, construct);
  const widgets = widgetsOf(stack, construct);

  test('a heading tells which copy it is', () => {
    expect(widgets[0]).toMatchObject({
      type: 'text', width: 24, height: 1, x: 0, y: 0, properties: { markdown: '## Amazon ECR repositories created on push: Platform/EcrAutoCreate' },
    });
  });

  test('two rows of two graphs stand below', () => {
    expect(widgets.slice(1).map(({ type, width, x, y }: Record<string, unknown>) => ({ type, width, x, y }))).toEqual([
      { type: 'metric', width: 12, x: 0, y: 1 },
      { type: 'metric', width: 12, x: 12, y: 1 },
      { type: 'metric', width: 12, x: 0, y: 7 },
      { type: 'metric', width: 12, x: 12, y: 7 },
    ]);
  });

  test.each([
    [1, 'Pushes to missing repositories', [
      ['EcrAutoCreate', 'RepositoriesCreated', 'FunctionName', '<function>', { label: 'Created', stat: 'Sum' }],
      ['EcrAutoCreate', 'PushesRejected', 'FunctionName', '<function>', { label: 'Rejected', stat: 'Sum' }],
      ['EcrAutoCreate', 'CreateFailures', 'FunctionName', '<function>', { label: 'Failed attempts', color: '#d62728', stat: 'Sum' }],
    ]],
    [2, 'Time from push to repository', [
      ['EcrAutoCreate', 'TimeToCreate', 'FunctionName', '<function>', { label: 'p50', stat: 'p50' }],
      ['EcrAutoCreate', 'TimeToCreate', 'FunctionName', '<function>', { label: 'p90', stat: 'p90' }],
    ]],
    [3, 'Dead letters', [
      ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', '<queue>', { label: 'Waiting', color: '#d62728', stat: 'Maximum' }],
    ]],
    [4, 'Function', [
      ['AWS/Lambda', 'Duration', 'FunctionName', '<function>', { label: 'Duration p90', stat: 'p90' }],
      ['AWS/Lambda', 'Throttles', 'FunctionName', '<function>', { label: 'Throttles', stat: 'Sum', yAxis: 'right' }],
      ['AWS/Lambda', 'ConcurrentExecutions', 'FunctionName', '<function>', { label: 'Concurrency', stat: 'Maximum', yAxis: 'right' }],
    ]],
  ])('graph %i: %s', (index, title, metrics) => {
    expect(widgets[index].properties).toMatchObject({ title, metrics });
  });

  test('axes begin at zero and say their unit', () => {
    const axes = widgets.slice(1).map(({ properties }: { properties: { yAxis: unknown } }) => properties.yAxis);
    const [count, milliseconds] = ['Count', 'Milliseconds'].map(label => ({ min: 0, label, showUnits: false }));
    expect(axes).toEqual([{ left: count }, { left: milliseconds }, { left: count }, { left: milliseconds, right: count }]);
  });
});

test('two copies share a dashboard', () => {
  const stack = createStack();
  const dashboard = new cloudwatch.Dashboard(stack, 'Dashboard');
  for (const id of ['One', 'Two']) {
    const construct = new EcrAutoCreate(stack, id);
    addWidgets(dashboard, construct.node.path, construct);
  }
  const body = JSON.parse(readable(only(Template.fromStack(stack), 'AWS::CloudWatch::Dashboard').Properties.DashboardBody));
  expect(body.widgets).toHaveLength(10);
});

test('the dashboard may be another stack\'s', () => {
  const stack = createStack();
  const construct = new EcrAutoCreate(stack, 'EcrAutoCreate');
  const other = new Stack(stack.node.scope, 'Monitoring');
  addWidgets(new cloudwatch.Dashboard(other, 'Dashboard'), construct.node.path, construct);
  expect(readable(only(Template.fromStack(other), 'AWS::CloudWatch::Dashboard').Properties.DashboardBody)).toContain('Fn::ImportValue');
});
