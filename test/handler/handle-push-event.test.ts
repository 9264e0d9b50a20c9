import {
  CreateRepositoryCommand, ECRClient, GetLifecyclePolicyCommand, GetRepositoryPolicyCommand, ListTagsForResourceCommand,
  PutLifecyclePolicyCommand, SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';
import { mockClient } from 'aws-sdk-client-mock';
import { ACCOUNT, CONFIGURATION, exception, failedPush, loaded, logLines, WITH_POLICIES } from './fixtures';
import { handlePushEvent } from '../../src/handler/handle-push-event';
import { RecentCreations } from '../../src/handler/recent-creations';

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

describe('for a name that this process has created', () => {
  const CREATED_AT = new Date('2026-11-25T10:00:05.250Z');
  let recent: RecentCreations;
  beforeEach(() => { recent = new RecentCreations(); });

  const pushedAt = (eventTime: string) => failedPush({ detail: { eventTime } });
  const handleHere = (event: unknown, { redriven = false, configuration = CONFIGURATION } = {}) =>
    handlePushEvent(event, { redriven }, loaded(configuration), client, recent);

  async function createHere() {
    ecr.on(CreateRepositoryCommand).resolves({ repository: { createdAt: CREATED_AT } });
    await logLines(() => handleHere(pushedAt('2026-11-25T10:00:03Z')));
    expect(operations()).toEqual(['CreateRepository']);
    ecr.resetHistory();
  }

  test('a push that was refused before makes no call', async () => {
    await createHere();
    const lines = await logLines(() => handleHere(pushedAt('2026-11-25T10:00:04Z')));
    expect(operations()).toEqual([]);
    expect(lines).toMatchObject([{ outcome: 'exists', message: 'backend/payments repository already exists' }]);
  });

  test.each([
    ['later: the repository was deleted since', '2026-11-25T10:00:09Z'],
    ['in the same second, which may have been later', '2026-11-25T10:00:05Z'],
    ['at a time that the event does not say', 'soon'],
  ])('a push that was refused %s, creates it again', async (_when, eventTime) => {
    await createHere();
    const lines = await logLines(() => handleHere(pushedAt(eventTime)));
    expect(operations()).toEqual(['CreateRepository']);
    expect(lines).toMatchObject([{ outcome: 'created' }]);
  });

  test('a replayed event asks ECR', async () => {
    await createHere();
    await logLines(() => handleHere(pushedAt('2026-11-25T10:00:04Z'), { redriven: true }));
    expect(operations()).toEqual(['CreateRepository']);
  });

  test('another name asks ECR', async () => {
    await createHere();
    await logLines(() => handleHere(failedPush({ repositoryName: 'backend/other', detail: { eventTime: '2026-11-25T10:00:04Z' } })));
    expect(operations()).toEqual(['CreateRepository']);
  });

  test('a name that is refused stays refused', async () => {
    await createHere();
    const lines = await logLines(() => handleHere(pushedAt('2026-11-25T10:00:04Z'), { configuration: { ...CONFIGURATION, deniedPrefixes: ['backend/'] } }));
    expect(lines).toMatchObject([{ reason: 'DeniedPrefix' }]);
  });

  test('a repository without its policies is completed', async () => {
    ecr.on(CreateRepositoryCommand).resolves({ repository: { createdAt: CREATED_AT } });
    ecr.on(PutLifecyclePolicyCommand).rejects(exception('ServerException'));
    const event = pushedAt('2026-11-25T10:00:03Z');
    await logLines(() => handleHere(event, { configuration: WITH_POLICIES }).catch(() => undefined));
    ecr.resetHistory();
    ecr.on(CreateRepositoryCommand).rejects(exception('RepositoryAlreadyExistsException'));
    ecr.on(ListTagsForResourceCommand).resolves({ tags: [] });
    await logLines(() => handleHere(event, { configuration: WITH_POLICIES }));
    expect(operations()).toEqual(['CreateRepository', 'ListTagsForResource']);
  });
});
