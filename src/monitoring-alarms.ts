import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { metricDeadLetters, metricFailed, type Monitored } from './monitoring-metrics';
import { checkInteger } from './validation';

/**
 * Options of the alarms of `EcrAutoCreate`.
 */
export interface EcrAutoCreateAlarmOptions {
  /**
   * What an alarm does when it goes off, such as notifying an SNS topic.
   *
   * A topic that has a policy, as one that a rule notifies or one for TLS only, must let `cloudwatch.amazonaws.com` publish:
   * `topic.grantPublish(new iam.ServicePrincipal('cloudwatch.amazonaws.com'))`. CDK's `SnsAction` does not add that.
   *
   * @default - nothing but to be seen in CloudWatch
   */
  readonly alarmActions?: cloudwatch.IAlarmAction[];

  /**
   * What an alarm does when it is over.
   *
   * @default - nothing
   */
  readonly okActions?: cloudwatch.IAlarmAction[];

  /**
   * How many failed attempts in 5 minutes raise the alarm on failures.
   *
   * Each retry of an event counts. What no retry could handle raises the alarm on dead letters in any case.
   *
   * @default 1
   */
  readonly failureThreshold?: number;

  /**
   * How many throttled invocations in 5 minutes raise the alarm on throttles.
   *
   * A push brings one event per layer at once: with few `reservedConcurrentExecutions`, some throttled invocations, which are tried again,
   * are normal.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
   * @default 1
   */
  readonly throttleThreshold?: number;

  /**
   * How long an event may wait for the function before the alarm on the oldest event is raised.
   *
   * At least 1 second, and less than `maxEventAge`, at which the event goes to the dead-letter queue. Needed where `maxEventAge` is a token.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
   * @default - half of `maxEventAge`
   */
  readonly eventAgeThreshold?: Duration;
}

/**
 * The alarms of `EcrAutoCreate`.
 */
export interface EcrAutoCreateAlarms {
  /**
   * There are messages in the dead-letter queue.
   */
  readonly deadLetters: cloudwatch.Alarm;

  /**
   * Attempts to create a repository failed.
   */
  readonly failures: cloudwatch.Alarm;

  /**
   * The function was throttled.
   */
  readonly throttles: cloudwatch.Alarm;

  /**
   * An event waits for long.
   */
  readonly oldestEvent: cloudwatch.Alarm;
}

const RUNBOOKS = 'https://github.com/cdk-ecr-auto-create/cdk-ecr-auto-create/blob/main/docs/runbooks.md';

/**
 * Creates the alarms.
 *
 * @param scope theirs alone
 * @param maxEventAge the age at which an event is given up
 */
export function createAlarms(
  scope: Construct, monitored: Monitored, maxEventAge: Duration, options: EcrAutoCreateAlarmOptions = {},
): EcrAutoCreateAlarms {
  const { handler } = monitored;
  const { failureThreshold = 1, throttleThreshold = 1, alarmActions = [], okActions = [] } = options;
  checkInteger('failureThreshold', failureThreshold, 1);
  checkInteger('throttleThreshold', throttleThreshold, 1);
  const eventAgeThreshold = eventAge(maxEventAge, options.eventAgeThreshold);

  const alarm = (id: string, metric: cloudwatch.Metric, threshold: number, runbook: string, meaning: string) => {
    const created = metric.createAlarm(scope, id, {
      alarmDescription: `${meaning} ${RUNBOOKS}#${runbook}`,
      threshold,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      // Without pushes to missing repositories, there is nothing to measure.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarmActions.forEach(action => created.addAlarmAction(action));
    okActions.forEach(action => created.addOkAction(action));
    return created;
  };

  return {
    deadLetters: alarm('DeadLetters', metricDeadLetters(monitored), 1, 'dead-letters',
      'Pushes to missing Amazon ECR repositories could not be delivered to the function or handled by it: they wait in the dead-letter queue. Find the cause in the function\'s log (level ERROR) and remove it, then replay the messages or push again.'),
    failures: alarm('Failures', metricFailed(monitored), failureThreshold, 'failures',
      'The function failed to create or to configure an Amazon ECR repository, and tries again as often as retryAttempts says. Its log (level ERROR) names the repository and the error.'),
    throttles: alarm('Throttles', handler.metricThrottles(), throttleThreshold, 'throttles',
      'The function that creates Amazon ECR repositories was throttled: its reserved concurrency or the account\'s is used up. Events wait and are tried again; if this lasts, raise the concurrency.'),
    // CloudWatch lists it in milliseconds; AWS's description names no unit: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    oldestEvent: alarm('OldestEvent', handler.metric('AsyncEventAge', { statistic: cloudwatch.Stats.MAXIMUM }), eventAgeThreshold.toMilliseconds(), 'oldest-event',
      'Pushes to missing Amazon ECR repositories wait long for the function, and go to the dead-letter queue at the age of maxEventAge. See the alarms on throttles and failures, and the function\'s log, for the cause.'),
  };
}

function eventAge(maxEventAge: Duration, threshold: Duration | undefined): Duration {
  if (maxEventAge.isUnresolved()) {
    if (threshold === undefined) {
      throw new Error('eventAgeThreshold must be given where maxEventAge is known only at deployment, got none');
    }
    return threshold;
  }
  if (threshold === undefined) return Duration.millis(maxEventAge.toMilliseconds() / 2);
  if (!threshold.isUnresolved() && (threshold.toMilliseconds() < 1_000 || threshold.toMilliseconds() >= maxEventAge.toMilliseconds())) {
    throw new Error(`eventAgeThreshold must be at least 1 second and less than maxEventAge, ${maxEventAge.toHumanString()}, got ${threshold.toHumanString()}`);
  }
  return threshold;
}
