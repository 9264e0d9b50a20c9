import {
  CreateRepositoryCommand, DescribeRepositoriesCommand, ECRClient, GetLifecyclePolicyCommand, ListTagsForResourceCommand, PutLifecyclePolicyCommand,
  RepositoryAlreadyExistsException, RepositoryNotFoundException, SetRepositoryPolicyCommand, TagResourceCommand,
} from '@aws-sdk/client-ecr';
import { Ecr, EcrError } from './ecr';
import { ACCOUNT, RegistryFixture } from './registry-fixture';
import type { RegistryServer } from './registry-server';

let server: RegistryServer;
let client: ECRClient;

async function start(...hooks: Parameters<typeof RegistryFixture.start>): Promise<Ecr> {
  ({ server } = await RegistryFixture.start(...hooks));
  client = new ECRClient({ endpoint: server.url, region: 'eu-central-1', maxAttempts: 1, credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' } });
  return server.ecr;
}

afterEach(async () => {
  client.destroy();
  await server.stop();
});

test('creates a repository for the SDK once', async () => {
  const ecr = await start();

  const { repository } = await client.send(new CreateRepositoryCommand({ repositoryName: 'backend/api', tags: [{ Key: 'a', Value: 'b' }] }));
  const second = client.send(new CreateRepositoryCommand({ repositoryName: 'backend/api' }));

  expect(repository).toMatchObject({ repositoryArn: ecr.repositoryArn('backend/api'), createdAt: ecr.repositories.get('backend/api')!.createdAt });
  await expect(second).rejects.toThrow(RepositoryAlreadyExistsException);
  await expect(second).rejects.toMatchObject({
    message: `The repository with name 'backend/api' already exists in the registry with id '${ACCOUNT}'`,
    $metadata: { httpStatusCode: 400, requestId: expect.any(String) },
  });
  expect(ecr.calls.map(({ action, caller, error }) => [action, caller, error])).toEqual([
    ['CreateRepository', `arn:aws:iam::${ACCOUNT}:user/AKIATEST`, undefined],
    ['CreateRepository', `arn:aws:iam::${ACCOUNT}:user/AKIATEST`, 'RepositoryAlreadyExistsException'],
  ]);
});

test('keeps policies and tags', async () => {
  await start();
  const repositoryName = 'backend/api';
  const { repository } = await client.send(new CreateRepositoryCommand({ repositoryName }));
  const rule = { rulePriority: 1, selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 20 }, action: { type: 'expire' } };
  const lifecyclePolicyText = JSON.stringify({ rules: [rule] });
  const policyText = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage' }] });

  await client.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));
  await client.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }));
  await client.send(new TagResourceCommand({ resourceArn: repository!.repositoryArn, tags: [{ Key: 'team', Value: 'platform' }] }));

  expect((await client.send(new GetLifecyclePolicyCommand({ repositoryName }))).lifecyclePolicyText).toBe(lifecyclePolicyText);
  expect((await client.send(new ListTagsForResourceCommand({ resourceArn: repository!.repositoryArn }))).tags).toEqual([{ Key: 'team', Value: 'platform' }]);
  await expect(client.send(new DescribeRepositoriesCommand({ repositoryNames: ['missing'] }))).rejects.toThrow(RepositoryNotFoundException);
});

test('asks for each permission, with the tags', async () => {
  const authorize = jest.fn(({ action }: { action: string }) => `arn:aws:sts::${ACCOUNT}:assumed-role/handler/${action.slice(4)}`);
  const ecr = await start({ authorize });
  const tags = [{ Key: 'team', Value: 'platform' }];

  await client.send(new CreateRepositoryCommand({ repositoryName: 'backend/api', tags }));
  await client.send(new TagResourceCommand({ resourceArn: ecr.repositoryArn('backend/api'), tags: [{ Key: 'b', Value: 'c' }] }));
  await client.send(new DescribeRepositoriesCommand({ repositoryNames: ['backend/api'] }));
  await client.send(new DescribeRepositoriesCommand({}));

  const asked = { accessKeyId: 'AKIATEST', resourceArn: ecr.repositoryArn('backend/api'), requestTags: {}, resourceTags: {} };
  expect(authorize.mock.calls.map(([request]) => request)).toEqual([
    { ...asked, action: 'ecr:CreateRepository', requestTags: { team: 'platform' } },
    { ...asked, action: 'ecr:TagResource', requestTags: { team: 'platform' } },
    { ...asked, action: 'ecr:TagResource', requestTags: { b: 'c' }, resourceTags: { team: 'platform' } },
    { ...asked, action: 'ecr:DescribeRepositories', resourceTags: { team: 'platform', b: 'c' } },
    { ...asked, action: 'ecr:DescribeRepositories', resourceArn: ecr.repositoryArn('*') },
  ]);
  expect(ecr.repositories.get('backend/api')!.createdBy).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/handler/TagResource`);
});

test('fails when a permission is missing, and does nothing', async () => {
  const ecr = await start({
    authorize: ({ action }) => {
      if (action === 'ecr:TagResource') throw new EcrError('AccessDeniedException', `not authorized to perform ${action}`);
      return 'arn';
    },
  });

  const denied = client.send(new CreateRepositoryCommand({ repositoryName: 'backend/api', tags: [{ Key: 'a', Value: 'b' }] }));

  await expect(denied).rejects.toMatchObject({ name: 'AccessDeniedException', message: 'not authorized to perform ecr:TagResource' });
  expect(ecr.repositories.size).toBe(0);
  expect(ecr.calls).toMatchObject([{ action: 'CreateRepository', error: 'AccessDeniedException' }]);
});

test('fails when a fault is injected, once', async () => {
  const faults = [new EcrError('ThrottlingException', 'Rate exceeded'), new EcrError('ServerException', 'try again', 500), 'a bug in a hook'];
  const ecr = await start({
    beforeCall: async () => {
      const fault = faults.shift();
      if (fault !== undefined) throw fault;
    },
  });
  const create = async () => client.send(new CreateRepositoryCommand({ repositoryName: 'backend/api' }));

  await expect(create()).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded' });
  await expect(create()).rejects.toMatchObject({ name: 'ServerException', $metadata: { httpStatusCode: 500 } });
  await expect(create()).rejects.toMatchObject({ name: 'ServerException', message: 'a bug in a hook' });
  await create();

  expect(ecr.calls.map(({ error }) => error)).toEqual(['ThrottlingException', 'ServerException', 'a bug in a hook', undefined]);
});

describe('refuses', () => {
  const CREDENTIAL = 'AWS4-HMAC-SHA256 Credential=AKIATEST/20261102/eu-central-1/ecr/aws4_request, SignedHeaders=host, Signature=0';
  const TARGET = 'AmazonEC2ContainerRegistry_V20150921.CreateRepository';

  test.each<[string, number, string, Record<string, string>, string]>([
    ['an unsigned call', 403, 'MissingAuthenticationTokenException', { 'X-Amz-Target': TARGET }, '{}'],
    ['another signature', 400, 'IncompleteSignatureException', { 'X-Amz-Target': TARGET, 'Authorization': 'Basic QVdTOng=' }, '{}'],
    ['another region', 400, 'InvalidSignatureException', { 'X-Amz-Target': TARGET, 'Authorization': CREDENTIAL.replace('eu-', 'us-') }, '{}'],
    ['another service', 400, 'InvalidSignatureException', { 'X-Amz-Target': TARGET, 'Authorization': CREDENTIAL.replace('/ecr/', '/ecs/') }, '{}'],
    ['no target', 400, 'UnknownOperationException', { Authorization: CREDENTIAL }, '{}'],
    ['another action', 400, 'UnknownOperationException', { 'X-Amz-Target': `${TARGET}s`, 'Authorization': CREDENTIAL }, '{}'],
    ['no JSON', 400, 'SerializationException', { 'X-Amz-Target': TARGET, 'Authorization': CREDENTIAL }, '{'],
    ['no structure', 400, 'SerializationException', { 'X-Amz-Target': TARGET, 'Authorization': CREDENTIAL }, '[]'],
  ])('%s', async (_, status, name, headers, body) => {
    await start();

    const response = await fetch(server.url, { method: 'POST', headers, body });

    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(await response.json()).toEqual({ __type: name, message: expect.any(String) });
  });
});
