import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { ACCOUNT, CONFIGURATION, exception, failedPush, logLines } from './fixtures';
import { ENVIRONMENT } from '../../src/handler/configuration';

/** Loads the entry as a new execution environment does. */
function coldStart() {
  jest.resetModules();
  const sdk = jest.requireActual<typeof import('@aws-sdk/client-ecr')>('@aws-sdk/client-ecr');
  const ecr = mockClient(sdk.ECRClient);
  ecr.on(sdk.CreateRepositoryCommand).resolves({});
  const { handler } = jest.requireActual<typeof import('../../src/handler/index')>('../../src/handler/index');
  return { handler, ecr };
}

beforeEach(() => { process.env[ENVIRONMENT.CONFIGURATION] = JSON.stringify(CONFIGURATION); });
afterEach(() => { delete process.env[ENVIRONMENT.CONFIGURATION]; });

test('handles an event with the configuration of the environment', async () => {
  const { handler, ecr } = coldStart();
  const lines = await logLines(() => handler(failedPush(), { awsRequestId: 'request-7' } as Context));
  expect(lines).toMatchObject([{ message: 'created backend/payments repository', requestId: 'request-7' }]);
  expect(ecr.calls()).toHaveLength(1);
});

test('lets the error through, for Lambda to retry', async () => {
  const { handler, ecr } = coldStart();
  ecr.onAnyCommand().rejects(exception('ThrottlingException'));
  let error: unknown;
  await logLines(() => handler(failedPush(), { awsRequestId: 'request-8' } as Context).catch(thrown => { error = thrown; }));
  expect(error).toMatchObject({ name: 'ThrottlingException' });
});

test('handles a batch from the dead-letter queue, and says what must stay there', async () => {
  const { handler, ecr } = coldStart();
  const records = [{ messageId: 'good', body: JSON.stringify(failedPush()) }, { messageId: 'bad', body: 'not an event' }];
  let response: unknown;
  const lines = await logLines(async () => { response = await handler({ Records: records }); });
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'bad' }] });
  expect(lines.map(({ outcome }) => outcome)).toEqual(['created', 'kept']);
  expect(ecr.calls()).toHaveLength(1);
});

test('serves another registry with another configuration', async () => {
  process.env[ENVIRONMENT.CONFIGURATION] = JSON.stringify({ ...CONFIGURATION, repositoryArnPrefix: 'arn:aws:ecr:us-east-1:210987654321:repository/' });
  const { handler, ecr } = coldStart();
  const lines = await logLines(() => handler(failedPush()));
  expect(lines).toMatchObject([{ reason: 'OtherAccount' }]);
  expect(lines[0].message).not.toContain(ACCOUNT);
  expect(ecr.calls()).toHaveLength(0);
});
