import type { TemplateResource } from './cloud-assembly';
import { arnOf, deployResources, roleFor } from './deployment-fixture';
import { EventSourceMapping } from './event-source-mapping';
import { Invocation, LambdaFunction } from './lambda';
import { Queue } from './queue';

const CONSUME = { Effect: 'Allow', Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], Resource: arnOf('Queue') };

interface SqsEvent {
  readonly Records: { readonly messageId: string; readonly body: string }[];
}

/** A mapping whose function answers as told. */
function create(answer: (event: SqsEvent) => Partial<Invocation>, properties: object = {}, resources: Record<string, TemplateResource> = {}) {
  const deployment = deployResources({
    Role: roleFor('lambda.amazonaws.com', CONSUME),
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q', VisibilityTimeout: 30 } },
    Function: { Type: 'AWS::Lambda::Function', Properties: { Role: arnOf('Role'), Timeout: 30 } },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { FunctionName: { Ref: 'Function' }, EventSourceArn: arnOf('Queue'), BatchSize: 1, ...properties },
    },
    ...resources,
  });
  const queues = deployment.resources('AWS::SQS::Queue').map(resource => new Queue(deployment, resource));
  const functions = deployment.resources('AWS::Lambda::Function').map(resource => new LambdaFunction(deployment, resource, { queues }));
  const events: SqsEvent[] = [];
  jest.spyOn(functions[0], 'invoke').mockImplementation(async event => {
    events.push(event as SqsEvent);
    return { requestId: '', cold: false, milliseconds: 0, ...answer(event as SqsEvent) };
  });
  const mapping = new EventSourceMapping(deployment, deployment.resources('AWS::Lambda::EventSourceMapping')[0], { functions, queues });
  return { mapping, queue: queues[0], events };
}

const BODIES = ['a', 'b', 'c'];
const bodies = (messages: readonly { readonly body: string }[]) => messages.map(({ body }) => body);

test('hands over each batch and deletes what succeeded', async () => {
  const { events, mapping, queue } = create(() => ({}), { BatchSize: 2 });
  const ids = BODIES.map(body => queue.send(body, { ERROR_CODE: 'x' }));
  expect((await mapping.poll()).map(({ deleted }) => deleted)).toEqual([ids.slice(0, 2), ids.slice(2)]);
  expect(events.map(({ Records }) => bodies(Records))).toEqual([['a', 'b'], ['c']]);
  expect(events[0].Records[0]).toEqual({
    messageId: ids[0],
    receiptHandle: expect.any(String),
    body: 'a',
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.stringMatching(/^\d{13}$/) },
    messageAttributes: { ERROR_CODE: { stringValue: 'x', dataType: 'String' } },
    md5OfBody: '0cc175b9c0f1b6a831c399e269772661',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:q',
    awsRegion: 'eu-central-1',
  });
  expect(queue.messages).toEqual([]);
});

test('keeps the whole batch when the function fails', async () => {
  const failure = { errorType: 'Error', errorMessage: '' };
  const { mapping, queue } = create(() => ({ failure }), { BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] });
  BODIES.forEach(body => queue.send(body));
  expect(await mapping.poll()).toMatchObject([{ deleted: [] }]);
  expect(bodies(queue.messages)).toEqual(BODIES);
});

describe.each<[string, (event: SqsEvent) => unknown, string[]]>([
  ['one failure', ({ Records: [, { messageId }] }) => ({ batchItemFailures: [{ itemIdentifier: messageId }] }), ['b']],
  ['no failures', () => ({ batchItemFailures: [] }), []],
  ['null failures', () => ({ batchItemFailures: null }), []],
  ['nothing', () => undefined, []],
  ['an unknown id', () => ({ batchItemFailures: [{ itemIdentifier: 'unknown' }] }), BODIES],
])('a function that reports %s', (_, payload, kept) => {
  test('keeps what it reports', async () => {
    const { mapping, queue } = create(event => ({ payload: payload(event) }), { BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] });
    BODIES.forEach(body => queue.send(body));
    await mapping.poll();
    expect(bodies(queue.messages)).toEqual(kept);
  });

  test('is not heard without ReportBatchItemFailures', async () => {
    const { mapping, queue } = create(event => ({ payload: payload(event) }), { BatchSize: 10 });
    BODIES.forEach(body => queue.send(body));
    await mapping.poll();
    expect(queue.messages).toEqual([]);
  });
});

test.each([[undefined, true], [true, true], ['true', true], [false, false]])('Enabled %s means %s', (Enabled, enabled) => {
  expect(create(() => ({}), { Enabled }).mapping.enabled).toBe(enabled);
});

test('takes nothing while it is disabled', async () => {
  const { events, mapping, queue } = create(() => ({}), { Enabled: false });
  queue.send('a');
  expect(await mapping.poll()).toEqual([]);
  expect(queue.messages).toMatchObject([{ body: 'a', receiveCount: 0 }]);

  mapping.setEnabled(true);
  expect(mapping.enabled).toBe(true);
  expect(await mapping.poll()).toHaveLength(1);
  expect(events).toHaveLength(1);

  queue.send('b');
  mapping.setEnabled(false);
  expect(await mapping.poll()).toEqual([]);
  expect(bodies(queue.messages)).toEqual(['b']);
});

describe('fails when', () => {
  test.each<[string, object, Record<string, TemplateResource>, string]>([
    ['the queue is elsewhere', { EventSourceArn: 'arn:x' }, {}, 'maps only queues of the deployment'],
    ['the function is elsewhere', { FunctionName: 'other' }, {}, 'maps only queues of the deployment'],
    ['there is a filter', { FilterCriteria: {} }, {}, 'without a filter'],
    [
      'messages become visible while they are worked on',
      {},
      { Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 29 } } },
      'the queue\'s visibility timeout is less than the function\'s timeout',
    ],
    [
      'the role may not consume',
      {},
      { Role: roleFor('lambda.amazonaws.com', { ...CONSUME, Action: 'sqs:ReceiveMessage' }) },
      'the function\'s role is not allowed sqs:DeleteMessage on the queue',
    ],
  ])('%s', (_, properties, resources, message) => {
    expect(() => create(() => ({}), properties, resources)).toThrow(message);
  });
});
