import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import type { Context, SQSRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { ACCOUNT, CONFIGURATION, exception, failedPush, loaded, logLines, REGION } from './fixtures';
import { isQueueBatch, redrive } from '../../src/handler/redrive';

const FUNCTION_ARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:handler`;

const ecr = mockClient(ECRClient);
const client = new ECRClient({});
beforeEach(() => {
  ecr.reset();
  ecr.on(CreateRepositoryCommand).resolves({});
});

function message(messageId: string, body: unknown, attributes: Record<string, string> = {}): SQSRecord {
  return {
    messageId,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    messageAttributes: Object.fromEntries(Object.entries(attributes).map(([name, stringValue]) => [name, { stringValue, dataType: 'String' }])),
  } as SQSRecord;
}

/** What EventBridge writes when it cannot deliver. */
const undelivered = (event: unknown, target = FUNCTION_ARN) => message('undelivered', event, {
  RULE_ARN: `arn:aws:events:${REGION}:${ACCOUNT}:rule/Rule`, TARGET_ARN: target, ERROR_CODE: 'NO_PERMISSIONS', RETRY_ATTEMPTS: '0',
});

/** What Lambda writes when the function fails. */
const failed = (event: unknown, functionArn = `${FUNCTION_ARN}:$LATEST`) => message('failed', {
  version: '1.0',
  timestamp: '2026-11-02T09:20:00.000Z',
  requestContext: { requestId: 'request-0', functionArn, condition: 'RetriesExhausted', approximateInvokeCount: 3 },
  requestPayload: event,
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload: { errorType: 'AccessDeniedException', errorMessage: 'no' },
});

async function run(...records: SQSRecord[]) {
  let response: Awaited<ReturnType<typeof redrive>> | undefined;
  const lines = await logLines(async () => {
    const context = { awsRequestId: 'request-9', invokedFunctionArn: FUNCTION_ARN } as Context;
    response = await redrive(records, context, loaded(CONFIGURATION), client);
  });
  return { kept: response!.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), lines };
}

test.each([['undelivered', undelivered], ['failed', failed]])('replays an event that is %s', async (_case, messageOf) => {
  const { kept, lines } = await run(messageOf(failedPush()));
  expect(kept).toEqual([]);
  expect(lines).toMatchObject([{ message: 'created backend/payments repository', redriven: true, requestId: 'request-9' }]);
  expect(lines[0]).not.toHaveProperty('TimeToCreate');
  expect(ecr.commandCalls(CreateRepositoryCommand)[0].args[0].input.repositoryName).toBe('backend/payments');
});

test('replays a message whose attributes are gone', async () => {
  expect((await run(message('moved', failedPush()))).kept).toEqual([]);
  expect(ecr.calls()).toHaveLength(1);
});

test('keeps what fails again, and only that', async () => {
  ecr.on(CreateRepositoryCommand, { repositoryName: 'backend/broken' }).rejects(exception('AccessDeniedException'));
  const { kept, lines } = await run(undelivered(failedPush({ repositoryName: 'backend/fine' })), failed(failedPush({ repositoryName: 'backend/broken' })));
  expect(kept).toEqual(['failed']);
  expect(lines.map(({ outcome }) => outcome)).toEqual(['created', 'failed']);
});

test('is done with what the policy refuses', async () => {
  const { kept, lines } = await run(undelivered(failedPush({ repositoryName: 'backend/UPPER' })));
  expect(kept).toEqual([]);
  expect(lines).toMatchObject([{ outcome: 'rejected', reason: 'InvalidName', redriven: true }]);
});

test.each<[string, SQSRecord]>([
  ['text', message('x', 'not JSON')],
  ['null', message('x', 'null')],
  ['a number', message('x', '7')],
  ['another event', undelivered({ ...failedPush(), source: 'aws.s3' })],
  ['another account\'s event', undelivered(failedPush({ envelope: { account: '210987654321' } }))],
  ['an event of another construct with other prefixes', undelivered(failedPush({ repositoryName: 'other/x' }))],
  ['an event for another target', undelivered(failedPush(), `${FUNCTION_ARN}-other`)],
  ['another function\'s record', failed(failedPush(), `arn:aws:lambda:${REGION}:${ACCOUNT}:function:other:$LATEST`)],
  ['a record without a payload', message('x', { requestContext: { functionArn: FUNCTION_ARN } })],
  ['a record with an odd context', message('x', { requestContext: null })],
])('keeps %s, and says so', async (_case, record) => {
  const { kept, lines } = await run(record);
  expect(kept).toEqual([record.messageId]);
  expect(lines[lines.length - 1]).toMatchObject({ level: 'ERROR', outcome: 'kept', messageId: record.messageId });
  expect(ecr.calls()).toEqual([]);
});

test('knows a batch from an event', () => {
  expect(isQueueBatch({ Records: [] })).toBe(true);
  for (const other of [undefined, null, 'Records', {}, { Records: 'x' }, failedPush()]) expect(isQueueBatch(other)).toBe(false);
});

test.each([[null], [{}], [{ messageId: null, body: '{}' }], ['text'], [{ messageId: 'a' }]])('what is no message fails the batch, and is not thrown: %j', async record => {
  let response: unknown;
  const lines = await logLines(async () => { response = await redrive([record as unknown as SQSRecord], undefined, loaded(CONFIGURATION), client); });
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: (record as { messageId?: unknown } | null)?.messageId }] });
  expect(lines[lines.length - 1]).toMatchObject({ outcome: 'kept' });
});
