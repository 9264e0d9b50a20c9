import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { EcrAutoCreate } from '../src';
import { createStack, EVENTBRIDGE_KEY_STATEMENT, messages, templateOf } from './fixtures';
import { createDeadLetterQueue } from '../src/dead-letter-queue';

test('our own is encrypted, for TLS only, keeps two weeks, and hides a message for six timeouts', () => {
  const template = templateOf();
  template.resourceCountIs('AWS::SQS::Queue', 1);
  template.hasResourceProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600, VisibilityTimeout: 180 });
});

test('our own may be encrypted with a customer key', () => {
  const stack = createStack();
  const key = new kms.Key(stack, 'Key');
  createDeadLetterQueue(stack, 'Queue', Duration.seconds(30), key);
  Template.fromStack(stack).hasResourceProperties('AWS::SQS::Queue', {
    KmsMasterKeyId: stack.resolve(key.keyArn), SqsManagedSseEnabled: Match.absent(),
  });
});

test('our own takes messages from the rule only, and none without TLS', () => {
  const stack = createStack();
  const construct = new EcrAutoCreate(stack, 'EcrAutoCreate');
  const queue = stack.resolve(construct.deadLetterQueue.queueArn);
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::SQS::QueuePolicy'));
  expect(policy.Properties.PolicyDocument.Statement).toEqual([
    { Effect: 'Deny', Action: 'sqs:*', Principal: { AWS: '*' }, Resource: queue, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    {
      Sid: expect.any(String),
      Effect: 'Allow',
      Action: 'sqs:SendMessage',
      Principal: { Service: 'events.amazonaws.com' },
      Resource: queue,
      Condition: { ArnEquals: { 'aws:SourceArn': stack.resolve(construct.rule.ruleArn) } },
    },
  ]);
});

test('a given one serves both the rule and the function, and gets the rule\'s statement', () => {
  const stack = createStack();
  const queue = new sqs.Queue(stack, 'Given');
  const template = templateOf({ deadLetterQueue: queue }, stack);
  template.resourceCountIs('AWS::SQS::Queue', 1);
  const arn = stack.resolve(queue.queueArn);
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { DestinationConfig: { OnFailure: { Destination: arn } } });
  template.hasResourceProperties('AWS::SQS::QueuePolicy', {
    PolicyDocument: { Statement: [{ Action: 'sqs:SendMessage', Principal: { Service: 'events.amazonaws.com' }, Resource: arn }] },
  });
  expect(messages(template, stack, 'warning')).toEqual([]);
});

test('a given one\'s customer key lets EventBridge of this account use it', () => {
  const stack = createStack();
  const key = new kms.Key(stack, 'Key');
  const template = templateOf({ deadLetterQueue: new sqs.Queue(stack, 'Given', { encryptionMasterKey: key }) }, stack);
  const [{ Properties }] = Object.values(template.findResources('AWS::KMS::Key'));
  expect(Properties.KeyPolicy.Statement).toContainEqual(EVENTBRIDGE_KEY_STATEMENT);
  expect(messages(template, stack, 'warning')).toEqual([]);
});

test('an imported one gets a warning with the statement it needs', () => {
  const stack = createStack();
  const queue = sqs.Queue.fromQueueArn(stack, 'Imported', 'arn:aws:sqs:eu-central-1:123456789012:dead-letters');
  const warnings = messages(templateOf({ deadLetterQueue: queue }, stack), stack, 'warning');
  expect(warnings).toEqual([expect.stringContaining('the policy of deadLetterQueue is not this app\'s')]);
  expect(JSON.parse(/\{.*\}/.exec(warnings[0])![0])).toEqual({
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: 'arn:aws:sqs:eu-central-1:123456789012:dead-letters',
    Condition: { ArnEquals: { 'aws:SourceArn': '<ARN of the rule>' } },
  });
});

test('an imported one\'s imported key gets a warning too', () => {
  const stack = createStack();
  const queue = sqs.Queue.fromQueueAttributes(stack, 'Imported', {
    queueArn: 'arn:aws:sqs:eu-central-1:123456789012:dead-letters',
    keyArn: 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  });
  const warnings = messages(templateOf({ deadLetterQueue: queue }, stack), stack, 'warning');
  expect(warnings).toHaveLength(2);
  expect(JSON.parse(/\{.*\}/.exec(warnings[0])![0])).toEqual({
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource: '*',
    Condition: { StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } },
  });
});

test.each<[string, (stack: ReturnType<typeof createStack>) => sqs.IQueue]>([
  ['with the AWS managed key', stack => new sqs.Queue(stack, 'Given', { encryption: sqs.QueueEncryption.KMS_MANAGED })],
  ['imported with the AWS managed key', stack => sqs.Queue.fromQueueAttributes(stack, 'Given', {
    queueArn: 'arn:aws:sqs:eu-central-1:123456789012:dead-letters', keyArn: 'arn:aws:kms:eu-central-1:123456789012:alias/aws/sqs',
  })],
])('fails when given one %s', (_case, queueIn) => {
  const stack = createStack();
  expect(() => new EcrAutoCreate(stack, 'EcrAutoCreate', { deadLetterQueue: queueIn(stack) })).toThrow(
    'deadLetterQueue must be encrypted by SQS or a customer managed key, as EventBridge cannot use the AWS managed key, got Platform/Given',
  );
});

test('fails when given an imported FIFO queue', () => {
  const stack = createStack();
  const queue = sqs.Queue.fromQueueArn(stack, 'Imported', 'arn:aws:sqs:eu-central-1:123456789012:dead-letters.fifo');
  expect(() => new EcrAutoCreate(stack, 'EcrAutoCreate', { deadLetterQueue: queue })).toThrow(/^deadLetterQueue must be a standard queue/);
});
