import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as destinations from 'aws-cdk-lib/aws-lambda-destinations';
import * as logs from 'aws-cdk-lib/aws-logs';
import { createStack, ENV, EVENTBRIDGE_KEY_STATEMENT, messages, only, readable } from './fixtures';
import { type CustomerKeyUses, useCustomerKey } from '../src/customer-key';
import { createDeadLetterQueue } from '../src/dead-letter-queue';

const KEY_ARN = `arn:aws:kms:${ENV.region}:${ENV.account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const BOTH = { logGroup: true, deadLetterQueue: true };

function use(stack: Stack, key: kms.IKey, uses: CustomerKeyUses): Template {
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  useCustomerKey(stack, key, role, uses);
  return Template.fromStack(stack);
}

/** The statements of a key's policy beside the one that lets the account manage it. */
function keyStatements(template: Template): Record<string, Record<string, Record<string, unknown>>>[] {
  return only(template, 'AWS::KMS::Key').Properties.KeyPolicy.Statement.slice(1);
}

test('lets CloudWatch Logs and EventBridge use it, in this account and Region', () => {
  const stack = createStack();
  const template = use(stack, new kms.Key(stack, 'Key'), BOTH);
  const [logsStatement, eventBridgeStatement, ...others] = keyStatements(template);
  expect(others).toEqual([]);
  expect(logsStatement).toMatchObject({
    Effect: 'Allow', Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'], Resource: '*',
  });
  expect(readable(logsStatement.Principal.Service)).toBe('logs.<AWS::Region>.<AWS::URLSuffix>');
  expect(Object.keys(logsStatement.Condition)).toEqual(['ArnLike']);
  expect(readable(logsStatement.Condition.ArnLike['kms:EncryptionContext:aws:logs:arn'])).toBe(
    'arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:*',
  );
  expect(eventBridgeStatement).toEqual(EVENTBRIDGE_KEY_STATEMENT);
  expect(messages(template, stack, 'warning')).toEqual([]);
});

test.each<[CustomerKeyUses, string[], string | string[]]>([
  [BOTH, ['logs.<AWS::Region>.<AWS::URLSuffix>', 'events.amazonaws.com'], ['kms:Decrypt', 'kms:GenerateDataKey']],
  [{ logGroup: true, deadLetterQueue: false }, ['logs.<AWS::Region>.<AWS::URLSuffix>'], ['kms:Decrypt', 'kms:GenerateDataKey']],
  [{ logGroup: false, deadLetterQueue: true }, ['events.amazonaws.com'], 'kms:Decrypt'],
  [{ logGroup: false, deadLetterQueue: false }, [], 'kms:Decrypt'],
])('allows no more than is used: %j', (uses, services, roleActions) => {
  const stack = createStack();
  const key = new kms.Key(stack, 'Key');
  const template = use(stack, key, uses);
  expect(keyStatements(template).map(({ Principal }) => readable(Principal.Service))).toEqual(services);
  expect(only(template, 'AWS::IAM::Policy').Properties.PolicyDocument.Statement).toEqual([
    { Effect: 'Allow', Action: roleActions, Resource: stack.resolve(key.keyArn) },
  ]);
});

test('makes no circle where all that it encrypts is in its stack', () => {
  const stack = createStack();
  const key = new kms.Key(stack, 'Key', { removalPolicy: RemovalPolicy.DESTROY });
  const handler = new lambda.Function(stack, 'Handler', {
    runtime: lambda.Runtime.NODEJS_22_X,
    code: lambda.Code.fromInline('exports.handler = () => {}'),
    handler: 'index.handler',
    environment: { NAME: 'value' },
    environmentEncryption: key,
    logGroup: new logs.LogGroup(stack, 'LogGroup', { encryptionKey: key }),
    onFailure: new destinations.SqsDestination(createDeadLetterQueue(stack, 'Queue', Duration.seconds(30), key)),
  });
  useCustomerKey(stack, key, handler.role as iam.IRole, BOTH);
  // It throws on a circle.
  const template = Template.fromStack(stack);
  const keyArn = stack.resolve(key.keyArn);
  template.hasResourceProperties('AWS::Lambda::Function', { KmsKeyArn: keyArn });
  template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: keyArn });
  template.hasResourceProperties('AWS::SQS::Queue', { KmsMasterKeyId: keyArn });
});

test('a key of another stack gets the statements too', () => {
  const stack = createStack();
  const keys = new Stack(stack.node.scope, 'Keys');
  use(stack, new kms.Key(keys, 'Key'), BOTH);
  expect(keyStatements(Template.fromStack(keys)).map(({ Principal }) => readable(Principal.Service))).toEqual(
    ['logs.<AWS::Region>.<AWS::URLSuffix>', 'events.amazonaws.com'],
  );
});

test('an imported key gets one warning with the statements it needs', () => {
  const stack = createStack({ env: ENV });
  const template = use(stack, kms.Key.fromKeyArn(stack, 'Imported', KEY_ARN), BOTH);
  const warnings = messages(template, stack, 'warning');
  expect(warnings).toEqual([expect.stringContaining(
    'the policy of the key of encryptionKey is not this app\'s: unless it has these statements, AWS services cannot use the key for what it encrypts: [{',
  )]);
  expect(JSON.parse(/\[\{.*\}\]/.exec(warnings[0])![0])).toEqual([
    {
      Effect: 'Allow',
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      Principal: { Service: 'logs.eu-central-1.<AWS::URLSuffix>' },
      Resource: '*',
      Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': 'arn:<AWS::Partition>:logs:eu-central-1:123456789012:log-group:*' } },
    },
    {
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Principal: { Service: 'events.amazonaws.com' },
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
    },
  ]);
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: [{ Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: KEY_ARN }] },
  });
});

test('an imported key that no service uses gets none', () => {
  const stack = createStack();
  const template = use(stack, kms.Key.fromKeyArn(stack, 'Imported', KEY_ARN), { logGroup: false, deadLetterQueue: false });
  expect(messages(template, stack, 'warning')).toEqual([]);
});

test('fails when it is an alias', () => {
  const stack = createStack();
  expect(() => use(stack, kms.Alias.fromAliasName(stack, 'Alias', 'alias/mine'), BOTH)).toThrow(
    'encryptionKey must be a key, got an alias (Platform/Alias); IAM and CloudWatch Logs need the key\'s ARN: kms.Key.fromKeyArn or kms.Key.fromLookup',
  );
});

test('fails when it is in another Region', () => {
  const stack = createStack({ env: { ...ENV, region: 'us-east-1' } });
  expect(() => use(stack, kms.Key.fromKeyArn(stack, 'Imported', KEY_ARN), BOTH)).toThrow(
    'encryptionKey must be in the stack\'s Region, us-east-1, got a key in eu-central-1',
  );
});
