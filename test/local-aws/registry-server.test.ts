import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { buildOciImage } from './oci-image';
import { RegistryFixture } from './registry-fixture';

const image = buildOciImage(1);
let registry: RegistryFixture;

beforeEach(async () => {
  registry = await RegistryFixture.start();
});

afterEach(async () => {
  jest.restoreAllMocks();
  await registry.server.stop();
});

test('listens on this machine only', () => {
  expect(registry.server.host).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(registry.server.url).toBe(`http://${registry.server.host}`);
});

test('takes a push once the API has created the repository', async () => {
  jest.replaceProperty(process, 'env', {
    ...process.env, AWS_ENDPOINT_URL_ECR: registry.server.url, AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'secret',
  });
  const client = new ECRClient();

  const before = await registry.putImage(image, 'backend/api', 'v1');
  await client.send(new CreateRepositoryCommand({ repositoryName: 'backend/api' }));
  const after = await registry.putImage(image, 'backend/api', 'v1');

  client.destroy();
  expect([before.status, after.status]).toEqual([404, 201]);
});

test('is not confused by a path that is none', async () => {
  await expect(registry.request('GET', '/v2/ab/manifests/%')).rejects.toThrow('fetch failed');
  expect((await registry.request('GET', '/v2/')).status).toBe(200);
});

test('stops although clients are connected or waiting, and only once', async () => {
  await registry.server.stop();
  let arrived: () => void = () => undefined;
  const arrival = new Promise<void>((resolve) => { arrived = resolve; });
  registry = await RegistryFixture.start({
    beforeCall: async () => {
      arrived();
      return new Promise<void>(() => undefined);
    },
  });
  const client = new ECRClient({ endpoint: registry.server.url, region: 'eu-central-1', maxAttempts: 1, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  const waiting = client.send(new CreateRepositoryCommand({ repositoryName: 'backend/api' }));
  await arrival;

  await Promise.all([registry.server.stop(), expect(waiting).rejects.toThrow()]);
  await registry.server.stop();

  client.destroy();
  await expect(registry.request('GET', '/v2/')).rejects.toThrow('fetch failed');
});
