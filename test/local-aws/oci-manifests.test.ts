import { buildOciImage } from './oci-image';
import { digestOf } from './oci-protocol';
import { refusalOf, RegistryFixture } from './registry-fixture';

const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
const image = buildOciImage(2);
let registry: RegistryFixture;

beforeEach(async () => {
  registry = await RegistryFixture.start();
});

afterEach(async () => {
  await registry.server.stop();
});

test('refuses a manifest whose blobs are missing', async () => {
  registry.createRepository('backend/api');
  await registry.putBlob(image.layers[0], 'backend/api');

  const response = await registry.putManifest(image.manifest, 'backend/api', 'v1');

  expect(await refusalOf(response)).toEqual({
    status: 404,
    code: 'MANIFEST_BLOB_UNKNOWN',
    message: `The image manifest references '${image.config.digest}', which does not exist in the repository 'backend/api'`,
  });
  expect(registry.failures()).toEqual([['PutImage', 'LayersNotFoundException']]);
  expect(registry.ecr.repositories.get('backend/api')!.imageTags.size).toBe(0);
});

test('takes an index once its manifests are there', async () => {
  registry.createRepository('backend/api');
  const data = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [{ digest: image.manifest.digest }] }));
  const index = { data, digest: digestOf(data), mediaType: INDEX_TYPE };

  const early = await registry.putManifest(index, 'backend/api', 'v1');
  await registry.putImage(image, 'backend/api', image.manifest.digest);
  const late = await registry.putManifest(index, 'backend/api', 'v1');

  expect(await refusalOf(early)).toMatchObject({ status: 404, code: 'MANIFEST_BLOB_UNKNOWN' });
  expect([late.status, late.headers.get('docker-content-digest')]).toEqual([201, index.digest]);
  expect([...registry.ecr.repositories.get('backend/api')!.imageTags]).toEqual([['v1', index.digest]]);
  expect(registry.failures()).toEqual([['PutImage', 'ReferencedImagesNotFoundException']]);
});

test('takes foreign layers unseen', async () => {
  registry.createRepository('backend/api');
  await registry.putBlob(image.config, 'backend/api');
  const manifest = { schemaVersion: 2, config: { digest: image.config.digest }, layers: [{ digest: 'sha256:1', urls: ['https://example.com/1'] }] };

  expect((await registry.request('PUT', '/v2/backend/api/manifests/v1', JSON.stringify(manifest))).status).toBe(201);
});

test.each([
  ['{', 'v1', 'MANIFEST_INVALID'],
  ['{"schemaVersion":1}', 'v1', 'MANIFEST_INVALID'],
  ['{"schemaVersion":2}', 'v1', 'MANIFEST_BLOB_UNKNOWN'],
  ['{}', '.v1', 'TAG_INVALID'],
  ['{}', image.manifest.digest, 'DIGEST_INVALID'],
])('refuses the manifest %s as %s: %s', async (body, reference, code) => {
  registry.createRepository('backend/api');

  expect((await refusalOf(await registry.request('PUT', `/v2/backend/api/manifests/${reference}`, body))).code).toBe(code);
  expect(registry.failures()).toEqual([['PutImage', expect.stringMatching(/Exception$/)]]);
});

test.each<[string, string, boolean]>([
  ['MUTABLE', 'dev-1', true],
  ['IMMUTABLE', 'dev-1', false],
  ['IMMUTABLE_WITH_EXCLUSION', 'dev-1', true],
  ['IMMUTABLE_WITH_EXCLUSION', 'v1.0', false],
  ['IMMUTABLE_WITH_EXCLUSION', 'my-dev-1', false],
  ['MUTABLE_WITH_EXCLUSION', 'dev-1', false],
  ['MUTABLE_WITH_EXCLUSION', 'v1.0', true],
])('overwrites tags as the repository says: %s, tag %s: %s', async (imageTagMutability, tag, mutable) => {
  const imageTagMutabilityExclusionFilters = [{ filterType: 'WILDCARD', filter: 'x.y' }, { filterType: 'WILDCARD', filter: 'dev-*' }];
  const exclusion = imageTagMutability.endsWith('_WITH_EXCLUSION') ? { imageTagMutabilityExclusionFilters } : {};
  registry.createRepository('backend/api', { imageTagMutability, ...exclusion });
  const other = buildOciImage(1, 'other');
  await registry.putImage(image, 'backend/api', tag);

  const same = await registry.putManifest(image.manifest, 'backend/api', tag);
  const changed = await registry.putImage(other, 'backend/api', tag);

  expect([same.status, changed.status]).toEqual([201, mutable ? 201 : 400]);
  expect(registry.ecr.repositories.get('backend/api')!.imageTags.get(tag)).toBe(mutable ? other.manifest.digest : image.manifest.digest);
  expect(registry.failures()).toEqual(mutable ? [] : [['PutImage', 'ImageTagAlreadyExistsException']]);
  expect(mutable ? undefined : await refusalOf(changed)).toEqual(mutable ? undefined : {
    status: 400,
    code: 'TAG_INVALID',
    message: `The image tag '${tag}' already exists in the 'backend/api' repository and cannot be overwritten because the repository is immutable.`,
  });
});
