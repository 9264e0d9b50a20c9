import {
  CreateRepositoryCommand, ECRClient, GetLifecyclePolicyCommand, GetRepositoryPolicyCommand, ListTagsForResourceCommand,
  PutLifecyclePolicyCommand, SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';
import { mockClient } from 'aws-sdk-client-mock';
import { CONFIGURATION, exception, LIFECYCLE_POLICY, OWNER, REPOSITORY_POLICY, WITH_POLICIES } from './fixtures';
import { completeOwnRepository, createRepository, putPolicies } from '../../src/handler/ecr-repository';

const NAME = 'backend/payments';
const ARN = `${CONFIGURATION.repositoryArnPrefix}${NAME}`;

const ecr = mockClient(ECRClient);
const client = new ECRClient({});
beforeEach(() => { ecr.reset(); });

/** The calls in order, as [operation, input]. */
function calls() {
  return ecr.calls().map(call => [call.args[0].constructor.name.replace(/Command$/, ''), call.args[0].input]);
}

describe('createRepository', () => {
  test('creates with the settings, in one call', async () => {
    ecr.on(CreateRepositoryCommand).resolves({});
    await expect(createRepository(client, NAME, WITH_POLICIES.settings)).resolves.toEqual({ createdAt: undefined });
    expect(calls()).toEqual([['CreateRepository', { ...CONFIGURATION.settings.repository, repositoryName: NAME }]]);
  });

  test('takes a repository that exists as it is', async () => {
    ecr.on(CreateRepositoryCommand).rejects(exception('RepositoryAlreadyExistsException'));
    await expect(createRepository(client, NAME, CONFIGURATION.settings)).resolves.toBeUndefined();
  });

  test.each([
    'AccessDeniedException', 'InvalidParameterException', 'InvalidTagParameterException', 'KmsException', 'LimitExceededException',
    'ServerException', 'ThrottlingException', 'TooManyTagsException', 'TimeoutError',
  ])('throws every other error: %s', async name => {
    ecr.on(CreateRepositoryCommand).rejects(exception(name));
    await expect(createRepository(client, NAME, CONFIGURATION.settings)).rejects.toMatchObject({ name });
  });

  test('tells when ECR created it', async () => {
    const createdAt = new Date('2026-11-25T10:00:05.250Z');
    ecr.on(CreateRepositoryCommand).resolves({ repository: { createdAt } });
    await expect(createRepository(client, NAME, CONFIGURATION.settings)).resolves.toEqual({ createdAt });
  });
});

describe('putPolicies', () => {
  test('puts both policies as ECR takes them', async () => {
    ecr.onAnyCommand().resolves({});
    await putPolicies(client, NAME, WITH_POLICIES.settings);
    expect(calls()).toEqual([
      ['PutLifecyclePolicy', { repositoryName: NAME, lifecyclePolicyText: JSON.stringify(LIFECYCLE_POLICY) }],
      ['SetRepositoryPolicy', { repositoryName: NAME, policyText: JSON.stringify(REPOSITORY_POLICY) }],
    ]);
  });

  test('puts a policy text as it is', async () => {
    ecr.onAnyCommand().resolves({});
    await putPolicies(client, NAME, { ...CONFIGURATION.settings, lifecyclePolicy: '{ "rules": [] }' });
    expect(calls()).toEqual([['PutLifecyclePolicy', { repositoryName: NAME, lifecyclePolicyText: '{ "rules": [] }' }]]);
  });

  test('does nothing without policies', async () => {
    await putPolicies(client, NAME, CONFIGURATION.settings);
    expect(calls()).toEqual([]);
  });
});

describe('completeOwnRepository', () => {
  const complete = (settings = WITH_POLICIES.settings) => completeOwnRepository(client, ARN, NAME, OWNER, settings);
  const own = { tags: [{ Key: 'created-by', Value: 'cdk-ecr-auto-create' }, { Key: 'cdk-ecr-auto-create:owner', Value: OWNER }] };

  beforeEach(() => {
    ecr.on(ListTagsForResourceCommand, { resourceArn: ARN }).resolves(own);
    ecr.on(GetLifecyclePolicyCommand).rejects(exception('LifecyclePolicyNotFoundException'));
    ecr.on(GetRepositoryPolicyCommand).rejects(exception('RepositoryPolicyNotFoundException'));
    ecr.on(PutLifecyclePolicyCommand).resolves({});
    ecr.on(SetRepositoryPolicyCommand).resolves({});
  });

  test('puts what is absent', async () => {
    await expect(complete()).resolves.toEqual(['lifecyclePolicy', 'repositoryPolicy']);
    expect(ecr.commandCalls(PutLifecyclePolicyCommand).map(call => call.args[0].input)).toEqual([
      { repositoryName: NAME, lifecyclePolicyText: JSON.stringify(LIFECYCLE_POLICY) },
    ]);
    expect(ecr.commandCalls(SetRepositoryPolicyCommand).map(call => call.args[0].input)).toEqual([
      { repositoryName: NAME, policyText: JSON.stringify(REPOSITORY_POLICY) },
    ]);
  });

  test('overwrites nothing', async () => {
    ecr.on(GetLifecyclePolicyCommand).resolves({ lifecyclePolicyText: '{"rules":[]}' });
    await expect(complete()).resolves.toEqual(['repositoryPolicy']);
    expect(ecr.commandCalls(PutLifecyclePolicyCommand)).toEqual([]);
  });

  test.each<[string, { Key: string; Value: string }[] | undefined]>([
    ['no tags', undefined],
    ['other tags', [{ Key: 'team', Value: OWNER }]],
    ['another construct\'s owner tag', [{ Key: 'cdk-ecr-auto-create:owner', Value: 'Other/EcrAutoCreate' }]],
    ['only the tag for people', [{ Key: 'created-by', Value: 'cdk-ecr-auto-create' }]],
  ])('does not touch a repository with %s', async (_case, tags) => {
    ecr.on(ListTagsForResourceCommand).resolves({ tags });
    await expect(complete()).resolves.toEqual([]);
    expect(calls().map(([operation]) => operation)).toEqual(['ListTagsForResource']);
  });

  test('calls nothing without policies', async () => {
    await expect(complete(CONFIGURATION.settings)).resolves.toEqual([]);
    expect(calls()).toEqual([]);
  });

  test.each([
    [ListTagsForResourceCommand, 'AccessDeniedException'],
    [ListTagsForResourceCommand, 'RepositoryNotFoundException'],
    [GetLifecyclePolicyCommand, 'ServerException'],
    [GetRepositoryPolicyCommand, 'RepositoryNotFoundException'],
    [PutLifecyclePolicyCommand, 'ValidationException'],
    [SetRepositoryPolicyCommand, 'InvalidParameterException'],
  ])('throws every other error: %p %s', async (command, name) => {
    ecr.on(command as typeof ListTagsForResourceCommand).rejects(exception(name));
    await expect(complete()).rejects.toMatchObject({ name });
  });
});
