import { buildOciImage } from './oci-image';
import { ACCOUNT, refusalOf, RegistryFixture } from './registry-fixture';

const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
const image = buildOciImage(2);
const [layer] = image.layers;
let registry: RegistryFixture;

afterEach(async () => {
  await registry.server.stop();
});

test('speaks version 2 of the protocol, and nothing else', async () => {
  registry = await RegistryFixture.start();

  const response = await registry.request('GET', '/v2/');

  expect([response.status, response.headers.get('docker-distribution-api-version')]).toEqual([200, 'registry/2.0']);
  expect((await registry.request('GET', '/v2/ab/tags/list')).status).toBe(404);
});

test.each([
  ['POST', '/v2/no/such/blobs/uploads/', 'InitiateLayerUpload', {}],
  ['PATCH', '/v2/no/such/blobs/uploads/1', 'UploadLayerPart', { uploadId: '1' }],
  ['PUT', `/v2/no/such/blobs/uploads/1?digest=${layer.digest}`, 'CompleteLayerUpload', { uploadId: '1', layerDigests: [layer.digest] }],
  ['PUT', '/v2/no/such/manifests/v1', 'PutImage', { imageTag: 'v1', imageManifestMediaType: INDEX_TYPE, imageManifest: '{}' }],
  ['PUT', '/v2/no/such/manifests/sha256:1', 'PutImage', { imageDigest: 'sha256:1', imageManifestMediaType: INDEX_TYPE, imageManifest: '{}' }],
  ['GET', '/v2/no/such/manifests/v1', 'BatchGetImage', { imageIds: [{ imageTag: 'v1' }] }],
  ['GET', '/v2/no/such/manifests/sha256:1', 'BatchGetImage', { imageIds: [{ imageDigest: 'sha256:1' }] }],
  ['GET', `/v2/no/such/blobs/${layer.digest}`, 'BatchCheckLayerAvailability', { layerDigests: [layer.digest] }],
])('refuses a missing repository: %s %s is %s', async (method, path, eventName, details) => {
  registry = await RegistryFixture.start();

  const response = await registry.request(method, path, method === 'GET' ? undefined : '{}', {
    'Content-Type': INDEX_TYPE, 'Authorization': `Basic ${btoa('jo:secret')}`, 'User-Agent': 'tester/1',
  });

  const message = `The repository with name 'no/such' does not exist in the registry with id '${ACCOUNT}'`;
  expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/json']);
  expect(await response.json()).toEqual({ errors: [{ code: 'NAME_UNKNOWN', message }] });
  expect(registry.pushCalls).toEqual([{
    eventName,
    errorCode: 'RepositoryNotFoundException',
    errorMessage: message,
    requestParameters: { registryId: ACCOUNT, repositoryName: 'no/such', ...details },
    pusher: 'jo',
    sourceIp: '127.0.0.1',
    userAgent: 'tester/1',
    time: expect.any(Date),
  }]);
});

test('tells of a refused HEAD too, and of an anonymous pusher', async () => {
  registry = await RegistryFixture.start();

  expect((await registry.request('HEAD', `/v2/no/such/blobs/${layer.digest}`)).status).toBe(404);
  expect(registry.pushCalls).toMatchObject([{ eventName: 'BatchCheckLayerAvailability', pusher: 'anonymous' }]);
});

test('does not tell of what is merely not there yet, nor of what ECR has no call for', async () => {
  registry = await RegistryFixture.start();
  registry.createRepository('backend/api');

  expect(await refusalOf(await registry.request('GET', `/v2/backend/api/blobs/${layer.digest}`))).toMatchObject({ status: 404, code: 'BLOB_UNKNOWN' });
  expect(await refusalOf(await registry.request('GET', '/v2/backend/api/manifests/v1'))).toMatchObject({ status: 404, code: 'MANIFEST_UNKNOWN' });
  expect(await refusalOf(await registry.request('GET', '/v2/no/such/blobs/uploads/1'))).toMatchObject({ status: 404, code: 'NAME_UNKNOWN' });
  expect(registry.pushCalls).toEqual([]);
});

test('refuses a name that no repository can have', async () => {
  const createOnPush = jest.fn(() => true);
  registry = await RegistryFixture.start({ createOnPush });

  const response = await registry.request('POST', '/v2/No_Such/blobs/uploads/');

  expect(await refusalOf(response)).toMatchObject({ status: 400, code: 'NAME_INVALID' });
  expect(registry.failures()).toEqual([['InitiateLayerUpload', 'InvalidParameterException']]);
  expect(createOnPush).not.toHaveBeenCalled();
});

test('gives back what was pushed, digest for digest', async () => {
  registry = await RegistryFixture.start();
  registry.createRepository('backend/api');

  const pushed = await registry.putImage(image, 'backend/api', 'v1');

  expect([pushed.status, pushed.headers.get('docker-content-digest')]).toEqual([201, image.manifest.digest]);
  for (const reference of ['v1', image.manifest.digest]) {
    const response = await registry.request('GET', `/v2/backend/api/manifests/${reference}`);
    expect([response.headers.get('docker-content-digest'), response.headers.get('content-type')]).toEqual([image.manifest.digest, image.manifest.mediaType]);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(image.manifest.data);
  }
  for (const { data, digest } of [...image.layers, image.config]) {
    expect(Buffer.from(await (await registry.request('GET', `/v2/backend/api/blobs/${digest}`)).arrayBuffer())).toEqual(data);
    expect((await registry.request('HEAD', `/v2/backend/api/blobs/${digest}`)).headers.get('content-length')).toBe(String(data.length));
  }
  expect([...registry.ecr.repositories.get('backend/api')!.imageTags]).toEqual([['v1', image.manifest.digest]]);
  expect(registry.pushCalls).toEqual([]);
});

test('creates on push, but not on pull', async () => {
  const createOnPush = jest.fn((repositoryName: string) => {
    if (repositoryName === 'refused') return false;
    if (repositoryName !== 'forgotten') registry.createRepository(repositoryName);
    return true;
  });
  registry = await RegistryFixture.start({ createOnPush });

  expect((await registry.request('HEAD', `/v2/created/blobs/${layer.digest}`)).status).toBe(404);
  expect((await registry.putBlob(layer, 'created')).status).toBe(201);
  expect((await registry.putBlob(layer, 'created')).status).toBe(201);
  expect((await registry.putBlob(layer, 'refused')).status).toBe(404);
  expect((await registry.putBlob(layer, 'forgotten')).status).toBe(500);
  expect(createOnPush.mock.calls).toEqual([['created'], ['refused'], ['forgotten']]);
  expect(registry.failures()).toEqual([
    ['BatchCheckLayerAvailability', 'RepositoryNotFoundException'],
    ['InitiateLayerUpload', 'RepositoryNotFoundException'],
    ['InitiateLayerUpload', 'ServerException'],
  ]);
});

test('deletes the images with the repository', async () => {
  registry = await RegistryFixture.start();
  registry.createRepository('backend/api');
  await registry.putImage(image, 'backend/api', 'v1');

  registry.ecr.call('DeleteRepository', { repositoryName: 'backend/api', force: true }, 'arn');
  registry.createRepository('backend/api');

  expect((await registry.request('GET', '/v2/backend/api/manifests/v1')).status).toBe(404);
  expect((await registry.request('HEAD', `/v2/backend/api/blobs/${layer.digest}`)).status).toBe(404);
});

test.each([
  ['GET', '/v2/backend/api/blobs/uploads/'],
  ['POST', '/v2/backend/api/blobs/uploads/1'],
  ['DELETE', '/v2/backend/api/blobs/sha256:1'],
  ['DELETE', '/v2/backend/api/manifests/v1'],
])('does not do %s %s', async (method, path) => {
  registry = await RegistryFixture.start();
  registry.createRepository('backend/api');

  const { code, status } = await refusalOf(await registry.request(method, path));

  expect([status, code]).toEqual(path.endsWith('/1') ? [404, 'BLOB_UPLOAD_UNKNOWN'] : [405, 'UNSUPPORTED']);
});
