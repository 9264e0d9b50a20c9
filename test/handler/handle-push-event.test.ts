import {
  CreateRepositoryCommand, ECRClient, GetLifecyclePolicyCommand, GetRepositoryPolicyCommand, ListTagsForResourceCommand,
  PutLifecyclePolicyCommand, SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';
import { mockClient } from 'aws-sdk-client-mock';
import { ACCOUNT, CONFIGURATION, exception, failedPush, loaded, logLines, WITH_POLICIES } from './fixtures';
import { handlePushEvent } from '../../src/handler/handle-push-event';

const ecr = mockClient(ECRClient);
const client = new ECRClient({});
beforeEach(() => { ecr.reset(); });

const handle = (event: unknown, configuration = CONFIGURATION) => handlePushEvent(event, { requestId: 'request-1' }, loaded(configuration), client);

function operations() {
  return ecr.calls().map(call => call.args[0].constructor.name.replace(/Command$/, ''));
}

/** Runs an invocation that is expected to throw, and gives what it logged. */
async function failureOf(event: unknown, configuration = CONFIGURATION) {
  let error: unknown;
  const lines = await logLines(() => handle(event, configuration).catch(thrown => { error = thrown; }));
  expect(error).toBeInstanceOf(Error);
  return { error: error as Error, lines };
}

test('creates the repository of a failed push', async () => {
  ecr.on(CreateRepositoryCommand).resolves({});
  const lines = await logLines(() => handle(failedPush()));
  expect(ecr.commandCalls(CreateRepositoryCommand).map(call => call.args[0].input)).toEqual([
    { ...CONFIGURATION.settings.repository, repositoryName: 'backend/payments' },
  ]);
  expect(lines).toMatchObject([{ message: 'created backend/payments repository', requestId: 'request-1', RepositoriesCreated: 1 }]);
});

test('tags the repository with who pushed, where that is asked for', async () => {
  ecr.on(CreateRepositoryCommand).resolves({});
  await logLines(() => handle(failedPush(), { ...CONFIGURATION, creatorTagKey: 'created-for' }));
  expect(ecr.commandCalls(CreateRepositoryCommand)[0].args[0].input.tags).toEqual([
    ...CONFIGURATION.settings.repository.tags!, { Key: 'created-for', Value: `arn:aws:iam::${ACCOUNT}:role/ci-push` },
  ]);
});

test('puts the policies after the creation', async () => {
  ecr.onAnyCommand().resolves({});
  const lines = await logLines(() => handle(failedPush(), WITH_POLICIES));
  expect(operations()).toEqual(['CreateRepository', 'PutLifecyclePolicy', 'SetRepositoryPolicy']);
  expect(lines).toMatchObject([{ outcome: 'created' }]);
});

test('takes a repository that exists as success', async () => {
  ecr.on(CreateRepositoryCommand).rejects(exception('RepositoryAlreadyExistsException'));
  const lines = await logLines(() => handle(failedPush()));
  expect(operations()).toEqual(['CreateRepository']);
  expect(lines).toMatchObject([{ outcome: 'exists' }]);
});

test('creates once for the layers of one push', async () => {
  ecr.on(CreateRepositoryCommand).resolvesOnce({}).rejects(exception('RepositoryAlreadyExistsException'));
  const lines = await logLines(() => Promise.all(Array.from({ length: 5 }, () => handle(failedPush()))));
  expect(lines.map(line => line.outcome).sort()).toEqual(['created', 'exists', 'exists', 'exists', 'exists']);
});

test.each([
  ['another prefix', failedPush({ repositoryName: 'sandbox/x' }), 'NotAllowedPrefix'],
  ['another registry', failedPush({ requestParameters: { registryId: '210987654321' } }), 'OtherRegistry'],
  ['a malformed event', { detail: 7 }, 'NotAFailedPush'],
  ['no event at all', undefined, 'NotAFailedPush'],
])('rejects %s without a call', async (_case, event, reason) => {
  const lines = await logLines(() => handle(event));
  expect(lines).toMatchObject([{ outcome: 'rejected', reason, PushesRejected: 1 }]);
  expect(operations()).toEqual([]);
});

test.each(['AccessDeniedException', 'ThrottlingException'])('throws %s, so that Lambda retries', async name => {
  ecr.on(CreateRepositoryCommand).rejects(exception(name));
  const { error, lines } = await failureOf(failedPush());
  expect(error.name).toBe(name);
  expect(lines).toMatchObject([{ outcome: 'failed', errorName: name, CreateFailures: 1 }]);
});

test('completes on the retry what failed after the creation', async () => {
  ecr.on(CreateRepositoryCommand).resolvesOnce({}).rejects(exception('RepositoryAlreadyExistsException'));
  ecr.on(PutLifecyclePolicyCommand).rejectsOnce(exception('ServerException')).resolves({});
  ecr.on(ListTagsForResourceCommand).resolves({ tags: WITH_POLICIES.settings.repository.tags });
  ecr.on(GetLifecyclePolicyCommand).rejects(exception('LifecyclePolicyNotFoundException'));
  ecr.on(GetRepositoryPolicyCommand).rejects(exception('RepositoryPolicyNotFoundException'));
  ecr.on(SetRepositoryPolicyCommand).resolves({});

  const { error, lines } = await failureOf(failedPush(), WITH_POLICIES);
  expect(error.name).toBe('ServerException');
  expect(lines).toMatchObject([{ outcome: 'failed', message: expect.stringMatching(/^failed to configure/), RepositoriesCreated: 1, CreateFailures: 1 }]);

  const retried = await logLines(() => handle(failedPush(), WITH_POLICIES));
  expect(retried).toMatchObject([{
    outcome: 'completed', message: 'created backend/payments repository', completed: ['lifecyclePolicy', 'repositoryPolicy'],
  }]);
  expect(ecr.commandCalls(PutLifecyclePolicyCommand)).toHaveLength(2);
  expect(ecr.commandCalls(SetRepositoryPolicyCommand)).toHaveLength(1);
});

test('leaves a repository of others as it is', async () => {
  ecr.on(CreateRepositoryCommand).rejects(exception('RepositoryAlreadyExistsException'));
  ecr.on(ListTagsForResourceCommand).resolves({ tags: [{ Key: 'cdk-ecr-auto-create:owner', Value: 'Other/EcrAutoCreate' }] });
  const lines = await logLines(() => handle(failedPush(), WITH_POLICIES));
  expect(lines).toMatchObject([{ outcome: 'exists' }]);
  expect(operations()).toEqual(['CreateRepository', 'ListTagsForResource']);
});

test('throws when the repository vanishes between two calls', async () => {
  ecr.on(CreateRepositoryCommand).rejects(exception('RepositoryAlreadyExistsException'));
  ecr.on(ListTagsForResourceCommand).rejects(exception('RepositoryNotFoundException'));
  const { error } = await failureOf(failedPush(), WITH_POLICIES);
  expect(error.name).toBe('RepositoryNotFoundException');
});
