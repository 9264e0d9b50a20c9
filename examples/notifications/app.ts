// Mails the platform team at each new repository, and when events could not be handled or the function is in trouble.
// A dashboard shows what was created, refused and failed; the address is a parameter of the stack, and must confirm its subscription.
import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { EventField, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { EcrAutoCreate } from 'cdk-ecr-auto-create';

export function define(app: App): void {
  const stack = new Stack(app, 'Registry');
  const address = new CfnParameter(stack, 'NotificationAddress', { description: 'Gets news of new repositories, and alarms' });
  const topic = new sns.Topic(stack, 'Notifications', { enforceSSL: true });
  topic.addSubscription(new EmailSubscription(address.valueAsString));
  // The policy that the topic gets from its other publisher shuts out alarms, and an SnsAction does not add to it.
  topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com'));

  const autoCreate = new EcrAutoCreate(stack, 'EcrAutoCreate', { allowedPrefixes: ['backend/', 'frontend/'] });
  autoCreate.onRepositoryCreated('Created', {
    target: new SnsTopic(topic, {
      message: RuleTargetInput.fromText(`New repository: ${EventField.fromPath('$.detail.requestParameters.repositoryName')}`),
    }),
  });
  // The alarm on dead letters is one of them.
  autoCreate.addAlarms('Alarms', { alarmActions: [new SnsAction(topic)], okActions: [new SnsAction(topic)] });
  autoCreate.addDashboardWidgets(new cloudwatch.Dashboard(stack, 'Dashboard'));
}

if (require.main === module) define(new App());
