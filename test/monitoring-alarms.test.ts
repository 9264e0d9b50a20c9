import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnParameter, Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { EcrAutoCreate } from '../src';
import { createStack, ENV } from './fixtures';
import { createAlarms, type EcrAutoCreateAlarmOptions } from '../src/monitoring-alarms';

const HOUR = Duration.hours(1);

function alarmsIn(stack = createStack(), options?: EcrAutoCreateAlarmOptions, maxEventAge = HOUR) {
  const construct = new EcrAutoCreate(stack, 'EcrAutoCreate');
  return { construct, alarms: createAlarms(new Construct(construct, 'Alarms'), construct, maxEventAge, options) };
}

describe('by default', () => {
  const stack = createStack({ env: ENV });
  const { construct, alarms } = alarmsIn(stack);
  const template = Template.fromStack(stack);
  const functionName = stack.resolve(construct.handler.functionName);
  const queueName = stack.resolve(construct.deadLetterQueue.queueName);

  test('each says where its own runbook is', () => {
    const headings = [...readFileSync(join(__dirname, '..', 'docs', 'runbooks.md'), 'utf8').matchAll(/^## (.+)$/gm)]
      .map(([, heading]) => heading.toLowerCase().replaceAll(' ', '-'));
    const linked = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties.AlarmDescription.split('#')[1]);
    expect(linked.sort()).toEqual(headings.sort());
    expect(linked).toHaveLength(4);
  });

  test.each<[keyof typeof alarms, Record<string, unknown>]>([
    ['deadLetters', {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: queueName }],
      Statistic: 'Maximum',
      Threshold: 1,
    }],
    ['failures', {
      Namespace: 'EcrAutoCreate',
      MetricName: 'CreateFailures',
      Dimensions: [{ Name: 'FunctionName', Value: functionName }],
      Statistic: 'Sum',
      Threshold: 1,
    }],
    ['throttles', {
      Namespace: 'AWS/Lambda',
      MetricName: 'Throttles',
      Dimensions: [{ Name: 'FunctionName', Value: functionName }],
      Statistic: 'Sum',
      Threshold: 1,
    }],
    ['oldestEvent', {
      Namespace: 'AWS/Lambda',
      MetricName: 'AsyncEventAge',
      Dimensions: [{ Name: 'FunctionName', Value: functionName }],
      Statistic: 'Maximum',
      Threshold: 1_800_000,
    }],
  ])('%s goes off at the first sign in five minutes, and does nothing', (name, metric) => {
    const { [stack.getLogicalId(alarms[name].node.defaultChild as never)]: alarm } = template.findResources('AWS::CloudWatch::Alarm');
    expect(alarm.Properties).toEqual({
      ...metric,
      AlarmDescription: expect.stringMatching(/^[A-Z].+\. [A-Z].+\. https:\S+\/docs\/runbooks\.md#[a-z-]+$/),
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      Period: 300,
      TreatMissingData: 'notBreaching',
    });
  });

  test('there are no others', () => {
    template.resourceCountIs('AWS::CloudWatch::Alarm', Object.keys(alarms).length);
  });
});

test('all have the given actions', () => {
  const stack = createStack();
  const [alarm, ok] = ['Alarm', 'Ok'].map(id => new sns.Topic(stack, id));
  alarmsIn(stack, { alarmActions: [new actions.SnsAction(alarm)], okActions: [new actions.SnsAction(ok)] });
  Template.fromStack(stack).allResourcesProperties('AWS::CloudWatch::Alarm', {
    AlarmActions: [stack.resolve(alarm.topicArn)], OKActions: [stack.resolve(ok.topicArn)], InsufficientDataActions: Match.absent(),
  });
});

test('take thresholds', () => {
  const stack = createStack();
  alarmsIn(stack, { failureThreshold: 5, throttleThreshold: 10, eventAgeThreshold: Duration.minutes(59) });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'CreateFailures', Threshold: 5 });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'Throttles', Threshold: 10 });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'AsyncEventAge', Threshold: 3_540_000 });
});

test('take tokens', () => {
  const stack = createStack();
  const number = (name: string) => new CfnParameter(stack, name, { type: 'Number' }).valueAsNumber;
  alarmsIn(stack, {
    failureThreshold: number('Failures'), throttleThreshold: number('Throttles'), eventAgeThreshold: Duration.millis(number('Threshold')),
  }, Duration.seconds(number('Age')));
  const thresholds = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties.Threshold);
  expect(thresholds).toEqual([1, { Ref: 'Failures' }, { Ref: 'Throttles' }, { Ref: 'Threshold' }]);
});

test('the shortest maximum age is halved too', () => {
  const stack = createStack();
  alarmsIn(stack, {}, Duration.seconds(60));
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'AsyncEventAge', Threshold: 30_000 });
});

test('two sets live side by side', () => {
  const stack = createStack();
  const construct = new EcrAutoCreate(stack, 'EcrAutoCreate');
  for (const id of ['Day', 'Night']) createAlarms(new Construct(construct, id), construct, HOUR);
  Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 8);
});

test.each<[string, EcrAutoCreateAlarmOptions, string]>([
  ['failureThreshold is 0', { failureThreshold: 0 }, 'failureThreshold must be a whole number of at least 1, got 0'],
  ['throttleThreshold is a fraction', { throttleThreshold: 1.5 }, 'throttleThreshold must be a whole number of at least 1, got 1.5'],
  ['eventAgeThreshold is maxEventAge', { eventAgeThreshold: Duration.minutes(60) },
    'eventAgeThreshold must be at least 1 second and less than maxEventAge, 1 hour, got 1 hour'],
  ['eventAgeThreshold is too short', { eventAgeThreshold: Duration.millis(500) },
    'eventAgeThreshold must be at least 1 second and less than maxEventAge, 1 hour, got 500 millis'],
])('fails when %s', (_case, options, message) => {
  expect(() => alarmsIn(createStack(), options)).toThrow(message);
});

test('fails when the age threshold depends on a token', () => {
  const stack = createStack();
  const age = Duration.seconds(new CfnParameter(stack, 'Age', { type: 'Number' }).valueAsNumber);
  expect(() => alarmsIn(stack, {}, age)).toThrow('eventAgeThreshold must be given where maxEventAge is known only at deployment, got none');
});
