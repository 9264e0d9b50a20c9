import { App, Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { createStack, ENV, messages, only } from './fixtures';
import { allowInKeyPolicy, checkKey, warnOfStatements } from '../src/kms-key';

const ID = '1234abcd-12ab-34cd-56ef-1234567890ab';

function statement(account: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('events.amazonaws.com')],
    actions: ['kms:Decrypt'],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:SourceAccount': account } },
  });
}

const USE = { prop: 'encryptionKey', warning: 'test', otherwise: 'nothing works' };

describe('a key', () => {
  test.each<[string, (stack: Stack) => kms.IKey]>([
    ['of this stack', stack => new kms.Key(stack, 'Key')],
    ['imported', stack => kms.Key.fromKeyArn(stack, 'Key', `arn:aws:kms:${ENV.region}:210987654321:key/${ID}`)],
    ['known only at deployment', stack => kms.Key.fromKeyArn(stack, 'Key', Fn.importValue('Key'))],
  ])('%s passes', (_case, keyIn) => {
    const stack = createStack({ env: ENV });
    expect(() => checkKey(stack, 'encryptionKey', keyIn(stack), 'ECR')).not.toThrow();
  });

  test.each<[string, (stack: Stack) => kms.IKey]>([
    ['by name', stack => kms.Alias.fromAliasName(stack, 'Key', 'alias/mine')],
    ['of this app', stack => new kms.Alias(stack, 'Key', { aliasName: 'alias/mine', targetKey: new kms.Key(stack, 'Target') })],
    ['as a key\'s ARN', stack => kms.Key.fromKeyArn(stack, 'Key', `arn:aws:kms:${ENV.region}:${ENV.account}:alias/mine`)],
  ])('fails when it is an alias %s', (_case, keyIn) => {
    const stack = createStack({ env: ENV });
    expect(() => checkKey(stack, 'repositoryDefaults.encryptionKey', keyIn(stack), 'ECR')).toThrow(
      'repositoryDefaults.encryptionKey must be a key, got an alias (Platform/Key); IAM and ECR need the key\'s ARN: kms.Key.fromKeyArn or kms.Key.fromLookup',
    );
  });

  test('fails when it is of another Region', () => {
    const stack = createStack({ env: ENV });
    const key = kms.Key.fromKeyArn(stack, 'Key', `arn:aws:kms:us-east-1:${ENV.account}:key/${ID}`);
    expect(() => checkKey(stack, 'encryptionKey', key, 'ECR')).toThrow(
      'encryptionKey must be in the stack\'s Region, eu-central-1, got a key in us-east-1',
    );
  });
});

describe('the policy of a key', () => {
  test('of this stack gets the statements', () => {
    const stack = createStack();
    allowInKeyPolicy(stack, new kms.Key(stack, 'Key'), { ...USE, statements: [statement('1'), statement('2')] });
    const template = Template.fromStack(stack);
    expect(only(template, 'AWS::KMS::Key').Properties.KeyPolicy.Statement).toHaveLength(3);
    expect(messages(template, stack, 'warning')).toEqual([]);
  });

  test('of another stack gets them', () => {
    const app = new App();
    const keys = new Stack(app, 'Keys');
    const stack = new Stack(app, 'Platform');
    allowInKeyPolicy(stack, new kms.Key(keys, 'Key'), { ...USE, statements: [statement(stack.account)] });
    expect(only(Template.fromStack(keys), 'AWS::KMS::Key').Properties.KeyPolicy.Statement).toContainEqual(
      expect.objectContaining({ Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } }),
    );
  });

  test('of another app is warned of', () => {
    const stack = createStack();
    const key = kms.Key.fromKeyArn(stack, 'Key', `arn:aws:kms:${ENV.region}:${ENV.account}:key/${ID}`);
    allowInKeyPolicy(stack, key, { ...USE, statements: [statement(stack.account)] });
    expect(messages(Template.fromStack(stack), stack, 'warning')).toEqual([
      'the policy of the key of encryptionKey is not this app\'s: unless it has this statement, nothing works: '
      + '{"Action":"kms:Decrypt","Condition":{"StringEquals":{"aws:SourceAccount":"<AWS::AccountId>"}},"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Resource":"*"}'
      + ' [ack: cdk-ecr-auto-create:test]',
    ]);
  });

  test('needs nothing where there are no statements', () => {
    const stack = createStack();
    allowInKeyPolicy(stack, kms.Key.fromKeyArn(stack, 'Key', `arn:aws:kms:${ENV.region}:${ENV.account}:key/${ID}`), { ...USE, statements: [] });
    expect(messages(Template.fromStack(stack), stack, 'warning')).toEqual([]);
  });
});

test('a warning shows several statements as a list, and what is known only at deployment by name', () => {
  const stack = createStack();
  warnOfStatements(stack, 'test', 'the policy', 'nothing works', [{ Resource: Fn.importValue('Queue') }, { Resource: Fn.getAtt('Queue', 'Arn').toString() }]);
  expect(messages(Template.fromStack(stack), stack, 'warning')).toEqual([
    'the policy is not this app\'s: unless it has these statements, nothing works: '
    + '[{"Resource":"<Queue>"},{"Resource":"<[\'Queue\',\'Arn\']>"}] [ack: cdk-ecr-auto-create:test]',
  ]);
});
