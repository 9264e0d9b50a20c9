import { Ecr, EcrError } from './ecr';

const ACCOUNT = '123456789012';
const CALLER = `arn:aws:iam::${ACCOUNT}:role/creator`;
const LIFECYCLE_POLICY = JSON.stringify({
  rules: [{ rulePriority: 1, selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 20 }, action: { type: 'expire' } }],
});
const REPOSITORY_POLICY = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage' }] });

let ecr: Ecr;

beforeEach(() => {
  ecr = new Ecr({ partition: 'aws', region: 'eu-central-1', account: ACCOUNT });
});

function call<T = unknown>(action: string, input: unknown): T {
  return ecr.call(action, input, CALLER) as T;
}

function create(input: object = {}): Record<string, unknown> {
  return call<{ repository: Record<string, unknown> }>('CreateRepository', { repositoryName: 'backend/api', ...input }).repository;
}

function failure(action: string, input: unknown): EcrError {
  try {
    ecr.call(action, input, CALLER);
  } catch (error) {
    if (error instanceof EcrError) return error;
    throw error;
  }
  throw new Error(`${action} did not fail`);
}

describe('CreateRepository', () => {
  test('gives a repository its defaults', () => {
    const repository = create();

    expect(repository).toEqual({
      repositoryArn: `arn:aws:ecr:eu-central-1:${ACCOUNT}:repository/backend/api`,
      registryId: ACCOUNT,
      repositoryName: 'backend/api',
      repositoryUri: `${ACCOUNT}.dkr.ecr.eu-central-1.amazonaws.com/backend/api`,
      createdAt: expect.any(Number),
      imageTagMutability: 'MUTABLE',
      imageScanningConfiguration: { scanOnPush: false },
      encryptionConfiguration: { encryptionType: 'AES256' },
    });
    expect(repository.createdAt).toBe(ecr.repositories.get('backend/api')!.createdAt.getTime() / 1000);
  });

  test('takes every setting', () => {
    create({
      registryId: ACCOUNT,
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'dev-*' }],
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: { encryptionType: 'KMS_DSSE', kmsKey: 'alias/ecr' },
      tags: [{ Key: 'team', Value: 'platform' }],
    });

    expect(ecr.repositories.get('backend/api')).toMatchObject({
      name: 'backend/api',
      arn: ecr.repositoryArn('backend/api'),
      createdBy: CALLER,
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'dev-*' }],
      scanOnPush: true,
      encryptionConfiguration: { encryptionType: 'KMS_DSSE', kmsKey: 'alias/ecr' },
      tags: { team: 'platform' },
    });
  });

  test('names the registry of its own partition', () => {
    ecr = new Ecr({ partition: 'aws-cn', region: 'cn-north-1', account: ACCOUNT });

    expect(create()).toMatchObject({
      repositoryArn: `arn:aws-cn:ecr:cn-north-1:${ACCOUNT}:repository/backend/api`,
      repositoryUri: `${ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn/backend/api`,
    });
  });

  test('fails when the repository exists', () => {
    create();

    expect(failure('CreateRepository', { repositoryName: 'backend/api' })).toMatchObject({
      name: 'RepositoryAlreadyExistsException',
      message: `The repository with name 'backend/api' already exists in the registry with id '${ACCOUNT}'`,
      statusCode: 400,
    });
  });

  test.each(['ab', 'a1/b2/c3', 'a.b', 'a_b', 'a__b', 'a-b', 'a---b', '0/1', 'a'.repeat(256)])('takes the name %s', (repositoryName) => {
    expect(create({ repositoryName }).repositoryName).toBe(repositoryName);
  });

  test.each(['', 'a', 'A1', 'a/', '/a', 'a//b', 'a___b', 'a..b', '-ab', 'ab-', 'a b', 'a:b', 'a'.repeat(257)])('fails when the name is "%s"', (repositoryName) => {
    expect(failure('CreateRepository', { repositoryName }).name).toBe('InvalidParameterException');
  });

  test.each<[string, object]>([
    ['the registry is another account\'s', { registryId: '999999999999' }],
    ['the name is missing', { repositoryName: undefined }],
    ['the mutability is unknown', { imageTagMutability: 'SOMETIMES' }],
    ['filters come without exclusion', { imageTagMutability: 'IMMUTABLE', imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'a' }] }],
    ['exclusion comes without filters', { imageTagMutability: 'MUTABLE_WITH_EXCLUSION' }],
    ['there are no filters', { imageTagMutability: 'MUTABLE_WITH_EXCLUSION', imageTagMutabilityExclusionFilters: [] }],
    ['there are six filters', {
      imageTagMutability: 'MUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: Array.from({ length: 6 }, () => ({ filterType: 'WILDCARD', filter: 'a' })),
    }],
    ['a filter has other characters', { imageTagMutability: 'MUTABLE_WITH_EXCLUSION', imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'a/b' }] }],
    ['a filter is of another type', { imageTagMutability: 'MUTABLE_WITH_EXCLUSION', imageTagMutabilityExclusionFilters: [{ filterType: 'REGEX', filter: 'a' }] }],
    ['the encryption is unknown', { encryptionConfiguration: { encryptionType: 'ROT13' } }],
    ['a key comes with AES256', { encryptionConfiguration: { encryptionType: 'AES256', kmsKey: 'alias/a' } }],
    ['the key is empty', { encryptionConfiguration: { encryptionType: 'KMS', kmsKey: '' } }],
  ])('fails when %s', (_, input) => {
    expect(failure('CreateRepository', { repositoryName: 'backend/api', ...input }).name).toBe('InvalidParameterException');
    expect(ecr.repositories.size).toBe(0);
  });

  test.each<[string, unknown]>([
    ['the input is no structure', 'backend/api'],
    ['a string is a number', { repositoryName: 7 }],
    ['a structure is a list', { repositoryName: 'ab', imageScanningConfiguration: [] }],
    ['a truth value is a string', { repositoryName: 'ab', imageScanningConfiguration: { scanOnPush: 'false' } }],
    ['a list is a structure', { repositoryName: 'ab', tags: { a: 'b' } }],
    ['a tag is a string', { repositoryName: 'ab', tags: ['a'] }],
    ['a filter is a string', { repositoryName: 'ab', imageTagMutability: 'MUTABLE_WITH_EXCLUSION', imageTagMutabilityExclusionFilters: ['a'] }],
  ])('fails when %s', (_, input) => {
    expect(failure('CreateRepository', input).name).toBe('SerializationException');
  });
});

describe('tags', () => {
  test('are listed, and laid over by TagResource', () => {
    create({ tags: [{ Key: 'a', Value: '1' }, { Key: 'b', Value: '' }] });
    const resourceArn = ecr.repositoryArn('backend/api');

    call('TagResource', { resourceArn, tags: [{ Key: 'a', Value: 'é 2' }, { Key: 'c:d/e', Value: 'x@y.z=1+1-_' }] });

    expect(call('ListTagsForResource', { resourceArn })).toEqual({
      tags: [{ Key: 'a', Value: 'é 2' }, { Key: 'b', Value: '' }, { Key: 'c:d/e', Value: 'x@y.z=1+1-_' }],
    });
  });

  test.each<[string, { Key: string; Value: string }[]]>([
    ['a key is empty', [{ Key: '', Value: 'v' }]],
    ['a key is too long', [{ Key: 'k'.repeat(129), Value: 'v' }]],
    ['a value is too long', [{ Key: 'k', Value: 'v'.repeat(257) }]],
    ['a key has other characters', [{ Key: 'k!', Value: 'v' }]],
    ['a value has other characters', [{ Key: 'k', Value: 'a,b' }]],
    ['a key is AWS\'s own', [{ Key: 'aws:k', Value: 'v' }]],
    ['a key comes twice', [{ Key: 'k', Value: '1' }, { Key: 'k', Value: '2' }]],
  ])('fail when %s', (_, tags) => {
    expect(failure('CreateRepository', { repositoryName: 'ab', tags }).name).toBe('InvalidTagParameterException');
  });

  test('fail when there are more than 50', () => {
    const tags = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
    create({ tags: tags.slice(0, 50) });

    expect(failure('CreateRepository', { repositoryName: 'ab', tags }).name).toBe('TooManyTagsException');
    expect(failure('TagResource', { resourceArn: ecr.repositoryArn('backend/api'), tags: tags.slice(50) }).name).toBe('TooManyTagsException');
  });

  test('fail when the ARN is not of this registry, or of no repository', () => {
    expect(failure('ListTagsForResource', { resourceArn: ecr.repositoryArn('ab', '999999999999') }).name).toBe('InvalidParameterException');
    expect(failure('ListTagsForResource', { resourceArn: ecr.repositoryArn('ab') }).name).toBe('RepositoryNotFoundException');
  });
});

describe('DescribeRepositories', () => {
  test('gives all, or those named', () => {
    create();
    create({ repositoryName: 'other' });

    const names = (input: object) => call<{ repositories: { repositoryName: string }[] }>('DescribeRepositories', input)
      .repositories.map(({ repositoryName }) => repositoryName);
    expect(names({})).toEqual(['backend/api', 'other']);
    expect(names({ repositoryNames: ['other'] })).toEqual(['other']);
  });

  test.each([{ repositoryNames: ['missing'] }, { repositoryNames: ['backend/api'], registryId: '999999999999' }])('fails when there is none: %j', (input) => {
    create();

    expect(failure('DescribeRepositories', input)).toMatchObject({
      name: 'RepositoryNotFoundException',
      message: `The repository with name '${input.repositoryNames[0]}' does not exist in the registry with id '${input.registryId ?? ACCOUNT}'`,
    });
  });
});

describe.each([
  ['lifecycle policy', 'PutLifecyclePolicy', 'GetLifecyclePolicy', 'lifecyclePolicyText', LIFECYCLE_POLICY, 'LifecyclePolicyNotFoundException'],
  ['repository policy', 'SetRepositoryPolicy', 'GetRepositoryPolicy', 'policyText', REPOSITORY_POLICY, 'RepositoryPolicyNotFoundException'],
])('%s', (kind, put, get, parameter, text, notFound) => {
  const repositoryName = 'backend/api';

  test('is kept as it was given', () => {
    create();

    const output = call(put, { repositoryName, [parameter]: text });

    expect(output).toEqual({ registryId: ACCOUNT, repositoryName, [parameter]: text });
    expect(call(get, { repositoryName })).toEqual(output);
  });

  test('fails when there is none', () => {
    create();

    expect(failure(get, { repositoryName })).toMatchObject({
      name: notFound,
      message: expect.stringMatching(new RegExp(`^${kind} does not exist for the repository with name 'backend/api' in the registry with id '${ACCOUNT}'$`, 'i')),
    });
  });

  test('fails when it is refused', () => {
    create();

    expect(failure(put, { repositoryName, [parameter]: text.padEnd(40_000) }).name).toBe('InvalidParameterException');
    expect(failure(get, { repositoryName }).name).toBe(notFound);
  });

  test('fails when the repository is missing', () => {
    expect(failure(put, { repositoryName, [parameter]: text }).name).toBe('RepositoryNotFoundException');
    expect(failure(get, { repositoryName }).name).toBe('RepositoryNotFoundException');
  });
});

describe('DeleteRepository', () => {
  test('fails when there are images, unless forced', () => {
    create();
    ecr.repositories.get('backend/api')!.manifests.set('sha256:1', { mediaType: 'x', body: Buffer.from('{}') });

    expect(failure('DeleteRepository', { repositoryName: 'backend/api' }).name).toBe('RepositoryNotEmptyException');
    expect(call('DeleteRepository', { repositoryName: 'backend/api', force: true })).toMatchObject({ repository: { repositoryName: 'backend/api' } });
    expect(ecr.repositories.size).toBe(0);
  });
});

test('fails when the action is unknown', () => {
  expect(failure('PutImage', {}).name).toBe('UnknownOperationException');
});

test('logs every call in order', () => {
  create();
  failure('CreateRepository', { repositoryName: 'backend/api' });

  expect(ecr.calls).toEqual([
    { action: 'CreateRepository', input: { repositoryName: 'backend/api' }, caller: CALLER },
    { action: 'CreateRepository', input: { repositoryName: 'backend/api' }, caller: CALLER, error: 'RepositoryAlreadyExistsException' },
  ]);
});
