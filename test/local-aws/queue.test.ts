import type { TemplateResource } from './cloud-assembly';
import { arnOf, deployResources, roleFor } from './deployment-fixture';
import { Queue } from './queue';

const RULE = 'arn:aws:events:eu-central-1:123456789012:rule/r';
const EVENTS = { service: 'events.amazonaws.com', sourceArn: RULE };

function queueOf(resources: Record<string, TemplateResource>, clock?: () => number): Queue {
  const deployment = deployResources(resources);
  return new Queue(deployment, deployment.resources('AWS::SQS::Queue').find(({ logicalId }) => logicalId === 'Queue')!, clock);
}

const plain = (properties: object = {}): Record<string, TemplateResource> => ({ Queue: { Type: 'AWS::SQS::Queue', Properties: { ...properties } } });

describe('messages', () => {
  let now: number;
  let queue: Queue;

  beforeEach(() => {
    now = 1_000_000;
    queue = queueOf(plain({ VisibilityTimeout: 60 }), () => now);
  });

  test('are received in order, with their attributes', () => {
    const id = queue.send('one', { ERROR_CODE: 'x' });
    queue.send('two');
    expect(queue.receive(1)).toEqual([
      { messageId: id, body: 'one', attributes: { ERROR_CODE: 'x' }, sentAt: 1_000_000, receiveCount: 1, receiptHandle: expect.any(String) },
    ]);
    expect(queue.receive(10).map(({ body }) => body)).toEqual(['two']);
    expect(queue.messages).toHaveLength(2);
  });

  test('are invisible for the visibility timeout', () => {
    queue.send('one');
    const [first] = queue.receive();
    now += 59_999;
    expect(queue.receive()).toEqual([]);
    now += 1;
    const [second] = queue.receive();
    expect(second).toMatchObject({ messageId: first.messageId, receiveCount: 2 });
    expect(second.receiptHandle).not.toBe(first.receiptHandle);
    expect(first.receiveCount).toBe(1);
  });

  test('are deleted by the latest receipt handle only', () => {
    queue.send('one');
    const [first] = queue.receive();
    now += 60_000;
    const [second] = queue.receive();
    queue.delete(first.receiptHandle);
    expect(queue.messages).toHaveLength(1);
    queue.delete(second.receiptHandle);
    expect(queue.messages).toHaveLength(0);
    expect(() => queue.delete(second.receiptHandle)).not.toThrow();
  });
});

test('a queue has the visibility timeout of its template, or 30 seconds', () => {
  expect(queueOf(plain({ VisibilityTimeout: 5 })).visibilityTimeout).toBe(5_000);
  expect(queueOf(plain()).visibilityTimeout).toBe(30_000);
});

describe('a service', () => {
  const Principal = { Service: 'events.amazonaws.com' };
  const policy = (statement: object, queue: unknown = { Ref: 'Queue' }): TemplateResource => ({
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [queue],
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf('Queue'), Principal, ...statement }] },
    },
  });
  const mayEvents = (resources: Record<string, TemplateResource>) => queueOf({ ...plain(), ...resources }).isSendAllowed(EVENTS);
  const forRule = (arn: string) => ({ Condition: { ArnEquals: { 'aws:SourceArn': arn } } });
  const tls: TemplateResource = policy({ Effect: 'Deny', Principal: '*', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });

  test.each<[string, Record<string, TemplateResource>, boolean]>([
    ['no policy', {}, false],
    ['a policy for it', { Policy: policy({}) }, true],
    ['a policy for its rule', { Policy: policy(forRule(RULE)) }, true],
    ['a policy for its account', { Policy: policy({ Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } } }) }, true],
    ['a policy for everyone', { Policy: policy({ Principal: { AWS: '*' } }) }, true],
    ['a policy for another rule', { Policy: policy(forRule(`${RULE}2`)) }, false],
    ['a policy for another service', { Policy: policy({ Principal: { Service: 'sns.amazonaws.com' } }) }, false],
    ['a policy for a role', { Policy: policy({ Principal: { AWS: 'arn:aws:iam::123456789012:root' } }) }, false],
    ['a policy of another queue', { Other: { Type: 'AWS::SQS::Queue' }, Policy: policy({}, { Ref: 'Other' }) }, false],
    ['a policy for another action', { Policy: policy({ Action: 'sqs:ReceiveMessage' }) }, false],
    ['a policy that asks for TLS', { Policy: policy({}), Tls: tls }, true],
    ['a policy that denies it', { Policy: policy({}), Deny: policy({ Effect: 'Deny', Principal: '*' }) }, false],
  ])('with %s may send: %#', (_, resources, allowed) => {
    expect(mayEvents(resources)).toBe(allowed);
  });

  const key = (statement: object): TemplateResource => ({
    Type: 'AWS::KMS::Key',
    Properties: {
      KeyPolicy: { Statement: [{ Effect: 'Allow', Action: ['kms:GenerateDataKey*', 'kms:Decrypt'], Resource: '*', Principal, ...statement }] },
    },
  });
  const alias: TemplateResource = { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/mine', TargetKeyId: { Ref: 'Key' } } };

  test.each<[string, unknown, TemplateResource, boolean]>([
    ['a key that lets it', arnOf('Key'), key({}), true],
    ['a key by its alias', 'alias/mine', key({}), true],
    ['a key that lets it only decrypt', { Ref: 'Key' }, key({ Action: 'kms:Decrypt' }), false],
    ['a key that is for the account', { Ref: 'Key' }, key({ Principal: { AWS: 'arn:aws:iam::123456789012:root' } }), false],
    ['the AWS-managed key', 'alias/aws/sqs', key({}), false],
    ['the AWS-managed key by its ARN', 'arn:aws:kms:eu-central-1:123456789012:alias/aws/sqs', key({}), false],
    ['a key of elsewhere', 'arn:aws:kms:eu-central-1:123456789012:key/elsewhere', key({}), true],
  ])('may use %s: %#', (_, KmsMasterKeyId, Key, allowed) => {
    expect(mayEvents({ ...plain({ KmsMasterKeyId }), Policy: policy({}), Key, Alias: alias })).toBe(allowed);
  });
});

describe('a role', () => {
  const send = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf('Queue') };
  const useKey = (resource: unknown, service: string) => ({
    Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: resource, Condition: { StringEquals: { 'kms:ViaService': service } },
  });

  test.each<[string, object, object[], boolean]>([
    ['nothing', {}, [], false],
    ['the permission', {}, [send], true],
    ['the permission, but not for the key', { KmsMasterKeyId: { Ref: 'Key' } }, [send], false],
    ['the permission for the key too', { KmsMasterKeyId: { Ref: 'Key' } }, [send, useKey(arnOf('Key'), 'sqs.eu-central-1.amazonaws.com')], true],
    ['the permission for the key by another service', { KmsMasterKeyId: { Ref: 'Key' } }, [send, useKey('*', 'ecr.eu-central-1.amazonaws.com')], false],
    ['the permission for a key of elsewhere', { KmsMasterKeyId: 'elsewhere' }, [
      send, useKey('arn:aws:kms:eu-central-1:123456789012:key/elsewhere', 'sqs.eu-central-1.amazonaws.com'),
    ], true],
    ['the permission for an alias of elsewhere', { KmsMasterKeyId: 'alias/elsewhere' }, [
      send, useKey('arn:aws:kms:eu-central-1:123456789012:alias/elsewhere', 'sqs.eu-central-1.amazonaws.com'),
    ], true],
    ['the permission, and the key is AWS-managed', { KmsMasterKeyId: 'alias/aws/sqs' }, [send], true],
  ])('with %s may send: %#', (_, properties, statements, allowed) => {
    const resources = { ...plain(properties), Role: roleFor('lambda.amazonaws.com', ...statements), Key: { Type: 'AWS::KMS::Key' } };
    const deployment = deployResources(resources);
    const queue = new Queue(deployment, deployment.resources('AWS::SQS::Queue')[0]);
    expect(queue.isSendAllowedForRole(deployment.resources('AWS::IAM::Role')[0].arn!)).toBe(allowed);
  });
});
