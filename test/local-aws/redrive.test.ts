import { rmSync } from 'node:fs';
import type { Template } from './cloud-assembly';
import { DEMO_PROPS, synthesizeApp } from './demo-app';
import { listOf } from './json';
import { LocalAws } from './local-aws';
import { buildOciImage } from './oci-image';
import { findPushClient, type PushClient } from './push-clients';

const ACCOUNT = '123456789012';
const IMAGE = buildOciImage(3);

let client: PushClient;
let assembly: string;
let aws: LocalAws;
/** How far the queue's clock is ahead. */
let ahead = 0;

beforeAll(async () => {
  const now = Date.now;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
  client = await findPushClient('embedded');
  assembly = synthesizeApp(DEMO_PROPS);
});
afterAll(() => {
  jest.restoreAllMocks();
  rmSync(assembly, { recursive: true });
});
afterEach(async () => aws.close());

/** What becomes of a statement's actions. */
type Change = (actions: unknown[]) => unknown[];
const without: Change = actions => actions.filter(action => action !== 'ecr:CreateRepository');
const mended: Change = actions => actions.includes('ecr:TagResource') ? ['ecr:CreateRepository', ...actions] : actions;

function changePolicy(properties: Record<string, unknown>, change: Change): Record<string, unknown> {
  const document = properties.PolicyDocument as { Statement: { Action: unknown }[] };
  const Statement = document.Statement.map(statement => ({ ...statement, Action: change(listOf(statement.Action)) }));
  return { ...properties, PolicyDocument: { ...document, Statement } };
}

function forbidCreation({ Resources = {} }: Template): void {
  for (const resource of Object.values(Resources)) {
    if (resource.Type === 'AWS::IAM::ManagedPolicy') resource.Properties = changePolicy(resource.Properties!, without);
  }
}

function allowCreation(): void {
  for (const policy of aws.deployment.resources('AWS::IAM::ManagedPolicy')) aws.deployment.update(policy, changePolicy(policy.properties, mended));
}

function forbidInvocation({ Resources = {} }: Template): void {
  for (const [id, { Type }] of Object.entries(Resources)) if (Type === 'AWS::Lambda::Permission') delete Resources[id];
}

async function failToCreate(mutateTemplate: (template: Template) => void, repository = 'backend/payments') {
  aws = await LocalAws.deploy(assembly, { mutateTemplate });
  expect((await push(repository)).ok).toBe(false);
  await aws.idle();
  expect(aws.ecr.repositories.size).toBe(0);
  expect(aws.queues).toHaveLength(1);
  expect(aws.queues[0].messages.length).toBeGreaterThanOrEqual(1);
  return { queue: aws.queues[0], mapping: aws.eventSourceMappings[0], events: aws.queues[0].messages.length };
}

const push = async (repository: string) => client.push(IMAGE, { host: aws.registryHost, repository, tag: '1.0' });
const logLines = () => aws.functions[0].logs.filter(({ stream }) => stream === 'stdout').map(({ text }) => JSON.parse(text));
const redriven = () => logLines().filter(line => line.redriven === true).map(({ outcome }) => outcome);

function expectRepository() {
  expect(aws.ecr.repositories.get('backend/payments')).toMatchObject({
    imageTagMutability: 'IMMUTABLE',
    scanOnPush: true,
    tags: { 'created-by': 'cdk-ecr-auto-create', 'team': 'platform' },
    lifecyclePolicyText: expect.stringContaining('untagged'),
    repositoryPolicyText: expect.stringContaining('210987654321'),
  });
}

test('the mapping is disabled, takes one message at a time and two at once, and hears which failed', async () => {
  aws = await LocalAws.deploy(assembly);
  expect(aws.eventSourceMappings.map(({ enabled }) => enabled)).toEqual([false]);
  const [{ properties }] = aws.deployment.resources('AWS::Lambda::EventSourceMapping');
  expect(properties).toEqual({
    Enabled: false,
    BatchSize: 1,
    ScalingConfig: { MaximumConcurrency: 2 },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    EventSourceArn: aws.queues[0].arn,
    FunctionName: aws.functions[0].name,
  });
});

test('what failed for want of a permission is created when that is mended and the mapping enabled', async () => {
  const { events, mapping, queue } = await failToCreate(forbidCreation);
  for (const { body } of queue.messages) {
    expect(JSON.parse(body)).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3, functionArn: `${aws.functions[0].arn}:$LATEST` },
      requestPayload: { detail: { requestParameters: { repositoryName: 'backend/payments' } } },
      responsePayload: { errorType: 'AccessDeniedException' },
    });
  }
  allowCreation();

  expect(await mapping.poll()).toEqual([]);
  expect(queue.messages).toHaveLength(events);

  mapping.setEnabled(true);
  const batches = await mapping.poll();
  expect(batches.map(({ deleted }) => deleted.length)).toEqual(Array(events).fill(1));
  expect(queue.messages).toEqual([]);
  expectRepository();
  expect(redriven()).toEqual(['created', ...Array(events - 1).fill('exists')]);
  expect(logLines().find(({ outcome }) => outcome === 'created')).toMatchObject({ message: 'created backend/payments repository', RepositoriesCreated: 1 });
  // Of an event that waited for someone, the time says nothing.
  expect(logLines().filter(line => 'TimeToCreate' in line)).toEqual([]);
  expect((await push('backend/payments')).ok).toBe(true);
  expect(aws.lost).toEqual([]);
});

test('what fails again stays, and is tried again when it is visible again', async () => {
  const { events, mapping, queue } = await failToCreate(forbidCreation);
  mapping.setEnabled(true);
  const batches = await mapping.poll();
  expect(batches.map(({ deleted, invocation }) => [deleted, invocation.failure])).toEqual(Array(events).fill([[], undefined]));
  expect(queue.messages.map(({ receiveCount }) => receiveCount)).toEqual(Array(events).fill(1));
  expect(redriven()).toEqual(Array(events).fill('failed'));
  // A replay does not fail as an asynchronous invocation does: it makes no further dead letters.
  expect(queue.messages).toHaveLength(events);

  allowCreation();
  expect(await mapping.poll()).toEqual([]);
  ahead += queue.visibilityTimeout;
  expect(await mapping.poll()).toHaveLength(events);
  expect(queue.messages).toEqual([]);
  expectRepository();
});

test('an event that could not be delivered is created from, as the mapping needs no permission to invoke', async () => {
  const { mapping, queue } = await failToCreate(forbidInvocation);
  expect(aws.functions[0].invocations).toEqual([]);
  expect(queue.messages[0].attributes).toMatchObject({ ERROR_CODE: 'NO_PERMISSIONS', TARGET_ARN: aws.functions[0].arn });
  mapping.setEnabled(true);
  await mapping.poll();
  expect(queue.messages).toEqual([]);
  expectRepository();
  expect(redriven()[0]).toBe('created');
});

test('a message of someone else stays, and keeps nothing from being replayed', async () => {
  const { events, mapping, queue } = await failToCreate(forbidCreation);
  const [{ body }] = queue.messages;
  const other = `arn:aws:lambda:eu-central-1:${ACCOUNT}:function:other`;
  const { requestPayload, ...record } = JSON.parse(body);
  const foreign = [
    queue.send('not JSON'),
    queue.send(JSON.stringify({ source: 'aws.s3', detail: {} })),
    queue.send(JSON.stringify(requestPayload), { TARGET_ARN: other }),
    queue.send(JSON.stringify({ ...record, requestPayload, requestContext: { ...record.requestContext, functionArn: `${other}:$LATEST` } })),
    queue.send(JSON.stringify({ ...requestPayload, account: '210987654321' }), { TARGET_ARN: aws.functions[0].arn }),
    queue.send(body),
  ];
  allowCreation();
  mapping.setEnabled(true);
  expect(await mapping.poll()).toHaveLength(events + foreign.length);
  expect(queue.messages.map(({ messageId }) => messageId)).toEqual(foreign.slice(0, -1));
  expect(logLines().filter(({ outcome }) => outcome === 'kept').map(({ messageId }) => messageId)).toEqual(foreign.slice(0, -1));
  expectRepository();
});
