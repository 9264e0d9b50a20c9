import { buildOciImage } from './oci-image';
import { refusalOf, RegistryFixture } from './registry-fixture';

const image = buildOciImage(1);
const [layer] = image.layers;
let registry: RegistryFixture;

beforeEach(async () => {
  registry = await RegistryFixture.start();
  registry.createRepository('backend/api');
});

afterEach(async () => {
  await registry.server.stop();
});

async function begin(): Promise<string> {
  const response = await registry.request('POST', '/v2/backend/api/blobs/uploads/');
  expect([response.status, response.headers.get('range')]).toEqual([202, '0-0']);
  return response.headers.get('location')!;
}

test('takes a blob in parts', async () => {
  const location = await begin();

  const part = await registry.request('PATCH', location, layer.data.subarray(0, 50), { 'Content-Range': '0-49' });
  const gap = await registry.request('PATCH', location, layer.data.subarray(60), { 'Content-Range': '60-99' });
  const status = await registry.request('GET', location);
  const done = await registry.request('PUT', `${location}?digest=${layer.digest}`, layer.data.subarray(50));

  expect([part.status, part.headers.get('range')]).toEqual([202, '0-49']);
  expect(await refusalOf(gap)).toMatchObject({ status: 416, code: 'BLOB_UPLOAD_INVALID' });
  expect([status.status, status.headers.get('range')]).toEqual([204, '0-49']);
  expect([done.status, done.headers.get('location'), done.headers.get('docker-content-digest')])
    .toEqual([201, `/v2/backend/api/blobs/${layer.digest}`, layer.digest]);
  expect((await registry.request('GET', location)).status).toBe(404);
  expect(registry.ecr.repositories.get('backend/api')!.blobs.get(layer.digest)).toEqual(layer.data);
  expect(registry.failures()).toEqual([['UploadLayerPart', 'InvalidLayerPartException']]);
});

test('forgets an upload that is given up', async () => {
  const location = await begin();

  expect((await registry.request('DELETE', location)).status).toBe(204);
  expect(await refusalOf(await registry.request('PATCH', location, 'x'))).toMatchObject({ status: 404, code: 'BLOB_UPLOAD_UNKNOWN' });
  expect(registry.failures()).toEqual([['UploadLayerPart', 'UploadNotFoundException']]);
});

test('keeps uploads to their repository and their methods', async () => {
  registry.createRepository('other');
  const location = await begin();

  expect((await registry.request('PATCH', location.replace('backend/api', 'other'), 'x')).status).toBe(404);
  expect((await registry.request('POST', location)).status).toBe(405);
});

test('refuses bytes of another digest', async () => {
  const location = await begin();

  const responses = [
    await registry.request('PUT', `${location}?digest=${image.config.digest}`, layer.data),
    await registry.request('PUT', location, layer.data),
    await registry.putBlob({ ...layer, digest: image.config.digest }, 'backend/api'),
  ];

  for (const response of responses) expect(await refusalOf(response)).toMatchObject({ status: 400, code: 'DIGEST_INVALID' });
  expect(registry.ecr.repositories.get('backend/api')!.blobs.size).toBe(0);
  expect(registry.failures()).toEqual([
    ['CompleteLayerUpload', 'InvalidLayerException'],
    ['CompleteLayerUpload', 'InvalidLayerException'],
    ['InitiateLayerUpload', 'InvalidLayerException'],
  ]);
});

test('mounts a blob from a repository that has it', async () => {
  registry.createRepository('other');
  await registry.putBlob(layer, 'other');
  const mount = async (to: string, from: string) => (await registry.request('POST', `/v2/${to}/blobs/uploads/?mount=${layer.digest}${from}`)).status;
  const present = async () => (await registry.request('HEAD', `/v2/backend/api/blobs/${layer.digest}`)).status === 200;

  expect([await mount('backend/api', '&from=missing'), await mount('backend/api', ''), await present()]).toEqual([202, 202, false]);
  expect([await mount('backend/api', '&from=other'), await present()]).toEqual([201, true]);
  expect(await mount('no/such', '&from=other')).toBe(404);
});
