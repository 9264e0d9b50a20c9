import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { Breakage, BrokenAnswer } from './broken-answer';
import type { ApiCall } from './ecr-api';
import { RegistryFixture } from './registry-fixture';

let registry: RegistryFixture;
let client: ECRClient;

async function start(...hooks: Parameters<typeof RegistryFixture.start>): Promise<void> {
  registry = await RegistryFixture.start(...hooks);
  const { url: endpoint } = registry.server;
  client = new ECRClient({
    endpoint, region: 'eu-central-1', maxAttempts: 1, credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, requestHandler: { socketTimeout: 1_000 },
  });
}

afterEach(async () => {
  client.destroy();
  await registry.server.stop();
});

const create = async () => client.send(new CreateRepositoryCommand({ repositoryName: 'backend/api' }));

test.each<[string, Breakage, object]>([
  ['reset', 'reset', { message: expect.stringContaining('ECONNRESET') }],
  ['cut', 'cut', { message: expect.stringContaining('aborted') }],
  ['garbled', 'garbled', { name: 'SyntaxError', $metadata: { httpStatusCode: 200 } }],
  ['stalled', 'stalled', { name: 'TimeoutError' }],
  ['somebody else\'s', { status: 504, headers: { 'Content-Type': 'text/html' }, body: Buffer.from('<h1>504') }, { $metadata: { httpStatusCode: 504 } }],
])('an answer is %s after the work is done', async (_, breakage, error) => {
  await start({ afterCall: () => { throw new BrokenAnswer(breakage); } });
  await expect(create()).rejects.toMatchObject(error);
  expect(registry.ecr.repositories.size).toBe(1);
  expect(registry.ecr.calls.map(call => call.error)).toEqual([undefined]);
});

test('an answer is broken, and no work is done', async () => {
  await start({ beforeCall: () => { throw new BrokenAnswer('reset'); } });
  await expect(create()).rejects.toThrow('ECONNRESET');
  expect(registry.ecr.repositories.size).toBe(0);
  expect(registry.ecr.calls.map(call => call.error)).toEqual(['BrokenAnswer']);
});

test('a refusal is broken too', async () => {
  let lost = 0;
  await start({ afterCall: () => { if (lost++ > 0) throw new BrokenAnswer('garbled'); } });
  await create();
  await expect(create()).rejects.toMatchObject({ name: 'SyntaxError' });
  expect(registry.ecr.calls.map(call => call.error)).toEqual([undefined, 'RepositoryAlreadyExistsException']);
});

test('the hooks hear of the call, and of the trace that it is part of', async () => {
  const calls: ApiCall[] = [];
  await start({ beforeCall: (_action, _input, call) => { calls.push(call); }, afterCall: call => { calls.push(call); } });
  client.middlewareStack.add(next => async args => {
    (args.request as { headers: Record<string, string> }).headers['X-Amzn-Trace-Id'] = 'Root=1-2-3';
    return next(args);
  }, { step: 'build' });
  await create();
  const call = { accessKeyId: 'a', action: 'CreateRepository', input: { repositoryName: 'backend/api' }, traceId: 'Root=1-2-3' };
  expect(calls).toEqual([call, call]);
});
