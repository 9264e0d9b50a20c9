import { IMAGE } from './images';
import { problemsOfImage } from './pushed-image';
import type { UploadLog } from './upload-log';
import type { EcrRepository } from '../local-aws/ecr';
import { buildEmptyIndex, buildOciImage, type OciImage } from '../local-aws/oci-image';
import { RegistryFixture } from '../local-aws/registry-fixture';

type Log = Pick<UploadLog, 'uploads' | 'refusedMounts'>;

const LAYERS = IMAGE.layers.map(({ digest }) => digest);
const UPLOADED: Log = { uploads: [...LAYERS, IMAGE.config.digest], refusedMounts: [] };
const NOTHING: Log = { uploads: [], refusedMounts: [] };
const MOUNTED: Log = { uploads: [IMAGE.config.digest], refusedMounts: [] };

let registry: RegistryFixture;
let repository: EcrRepository;

beforeEach(async () => {
  registry = await RegistryFixture.start();
  registry.createRepository('ab');
  repository = registry.ecr.repositories.get('ab')!;
});

afterEach(async () => registry.server.stop());

const put = async (image: OciImage = IMAGE) => registry.putImage(image, 'ab', '1');

test('a complete image is without problems, whether it was uploaded or mounted', async () => {
  await put();
  expect(problemsOfImage(repository, '1', 'layers', UPLOADED)).toEqual([]);
  expect(problemsOfImage(repository, '1', 'mounted', MOUNTED)).toEqual([]);
});

test('an index is without problems, with the image and without any', async () => {
  await registry.putManifest(buildEmptyIndex(), 'ab', '1');
  expect(problemsOfImage(repository, '1', 'index', NOTHING)).toEqual([]);

  await put();
  const { data, digest, mediaType } = IMAGE.manifest;
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType, digest, size: data.length }] }));
  await registry.putManifest({ ...buildEmptyIndex(), data: index }, 'ab', '1');
  expect(problemsOfImage(repository, '1', 'index', MOUNTED)).toEqual([]);
});

test('it finds a missing tag, blob and manifest', async () => {
  expect(problemsOfImage(repository, '1', 'layers', UPLOADED)).toEqual(['no image is tagged 1']);
  await put();
  repository.blobs.delete(LAYERS[1]);
  expect(problemsOfImage(repository, '1', 'layers', UPLOADED)).toContain(`the blob ${LAYERS[1]} is missing`);
  repository.manifests.clear();
  expect(problemsOfImage(repository, '1', 'layers', UPLOADED)).toContain(`the manifest ${IMAGE.manifest.digest} is missing`);
});

test('it finds other content, and another image', async () => {
  await put();
  repository.blobs.set(IMAGE.config.digest, Buffer.from('{}'));
  expect(problemsOfImage(repository, '1', 'layers', UPLOADED)).toEqual([`the blob ${IMAGE.config.digest} has other content`]);
  await put(buildOciImage(2));
  expect(problemsOfImage(repository, '1', 'layers', UPLOADED)).toEqual([expect.stringMatching(/^its layers are .* and should be /)]);
});

test('it finds an index in place of an image, and the other way round', async () => {
  await put();
  expect(problemsOfImage(repository, '1', 'index', MOUNTED)).toEqual(['it is not an index']);
  await registry.putManifest(buildEmptyIndex(), 'ab', '1');
  expect(problemsOfImage(repository, '1', 'mounted', NOTHING)).toEqual(['it is an index']);
});

test('it finds layers that came in another way', async () => {
  await put();
  expect(problemsOfImage(repository, '1', 'layers', MOUNTED)).toEqual(['not every layer was uploaded']);
  expect(problemsOfImage(repository, '1', 'mounted', UPLOADED)).toEqual(['3 layers were uploaded']);
  expect(problemsOfImage(repository, '1', 'mounted', { ...UPLOADED, refusedMounts: LAYERS })).toEqual([]);
});
