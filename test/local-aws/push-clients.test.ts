import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { buildOciImage } from './oci-image';
import { digestOf } from './oci-protocol';
import { findPushClient, PushClient } from './push-clients';
import { ACCOUNT, RegistryFixture } from './registry-fixture';

// External programs start slowly on a busy machine.
jest.setTimeout(60_000);

const image = buildOciImage(3);
let registry: RegistryFixture;

beforeEach(async () => {
  registry = await RegistryFixture.start();
});

afterEach(async () => {
  await registry.server.stop();
});

/** Which clients are on this machine; the embedded one always is. */
function clientsAtHand(): string[] {
  const answers = (command: string, ...args: string[]) => String(spawnSync(command, args, { encoding: 'utf8' }).stdout).trim();
  return [
    ...(answers('docker', 'info', '--format', '{{.Name}}') === hostname() ? ['docker'] : []),
    ...['podman', 'skopeo'].filter((command) => answers(command, '--version').startsWith(command)),
    'embedded',
  ];
}

/** Clients may compress anew, or not at all: what they must not change is what is in the layers. */
function uncompressed(layer: Buffer): Buffer {
  return layer[0] === 0x1f ? gunzipSync(layer) : layer;
}

describe.each(clientsAtHand())('%s', (name) => {
  let client: PushClient;

  beforeAll(async () => {
    client = await findPushClient(name);
  });

  afterAll(async () => {
    await client.close();
  });

  function reference(repository: string, tag = 'v1') {
    return { host: registry.server.host, repository, tag };
  }

  test('says what it is', () => {
    expect([client.name, client.version]).toEqual([name, expect.stringMatching(/^\d+\./)]);
  });

  test('is refused when the repository is missing, and does not wait', async () => {
    const result = await client.push(image, reference('backend/missing'));

    expect(result).toMatchObject({ ok: false, exitCode: expect.any(Number), output: expect.stringMatching(/backend\/missing|name unknown/i) });
    expect(result.exitCode).not.toBe(0);
    expect(result.milliseconds).toBeLessThan(10_000);
    expect(registry.pushCalls.find(({ eventName }) => eventName === 'InitiateLayerUpload')).toMatchObject({
      errorCode: 'RepositoryNotFoundException', requestParameters: { registryId: ACCOUNT, repositoryName: 'backend/missing' },
    });
    expect(registry.ecr.repositories.size).toBe(0);
  });

  test('pushes all layers once the repository is there', async () => {
    expect((await client.push(image, reference('backend/api'))).ok).toBe(false);
    registry.createRepository('backend/api');

    const { exitCode, ok, output } = await client.push(image, reference('backend/api'));

    expect({ ok, exitCode, output }).toEqual({ ok: true, exitCode: 0, output: expect.any(String) });
    const { blobs, imageTags, manifests } = registry.ecr.repositories.get('backend/api')!;
    const manifest = JSON.parse(manifests.get(imageTags.get('v1')!)!.body.toString('utf8')) as { layers: { digest: string }[] };
    expect(manifest.layers.map(({ digest }) => digestOf(uncompressed(blobs.get(digest)!)))).toEqual(image.layers.map(({ tar }) => digestOf(tar)));
  });

  test('pushes another image under the same name', async () => {
    registry.createRepository('backend/api', { imageTagMutability: 'IMMUTABLE' });

    const first = await client.push(image, reference('backend/api'));
    const again = await client.push(image, reference('backend/api'));
    const other = await client.push(buildOciImage(1, 'other'), reference('backend/api'));

    expect([first.ok, again.ok, other.ok]).toEqual([true, true, false]);
    expect(other.output).toContain('cannot be overwritten because the repository is immutable');
  });
});

describe('the embedded client', () => {
  test('is refused once for each layer', async () => {
    const client = await findPushClient('embedded');

    const { exitCode, output } = await client.push(image, { host: registry.server.host, repository: 'no/such', tag: 'v1' });

    const calls = (eventName: string) => registry.pushCalls.filter((call) => call.eventName === eventName).map(({ userAgent }) => userAgent);
    expect(exitCode).toBe(1);
    expect(output.match(/NAME_UNKNOWN/g)).toHaveLength(3);
    expect(calls('InitiateLayerUpload')).toEqual(Array(3).fill('embedded-push-client'));
    expect(calls('BatchCheckLayerAvailability')).toHaveLength(3);
    expect(calls('PutImage')).toEqual([]);
  });

  test('keeps the digests', async () => {
    registry.createRepository('ab');

    await (await findPushClient('embedded')).push(image, { host: registry.server.host, repository: 'ab', tag: 'v1' });

    const { blobs, imageTags } = registry.ecr.repositories.get('ab')!;
    expect(imageTags.get('v1')).toBe(image.manifest.digest);
    expect([...blobs.keys()].sort()).toEqual([...image.layers, image.config].map(({ digest }) => digest).sort());
  });

  test('fails when there is no registry', async () => {
    const { host } = registry.server;
    await registry.server.stop();

    const result = await (await findPushClient('embedded')).push(image, { host, repository: 'ab', tag: 'v1' });

    expect(result).toMatchObject({ ok: false, output: expect.stringMatching(/^fetch failed: .*ECONNREFUSED/) });
  });
});

describe('findPushClient', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'push-clients-test-'));
    jest.replaceProperty(process, 'env', { PATH: directory, HOME: directory });
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await rm(directory, { recursive: true });
  });

  /** Puts a program into the otherwise empty search path; it notes its arguments. */
  async function install(program: string, script: string): Promise<void> {
    const file = join(directory, program);
    await writeFile(file, `#!/bin/sh\necho "$@" >> ${file}.log\n${script}\n`);
    await chmod(file, 0o755);
  }

  const dockerOf = (machine: string) => `case $1 in version) echo 29.7.2;; info) echo ${machine}; echo WARNING: no swap limit >&2;; esac`;

  test('takes the embedded client when there is no other', async () => {
    expect((await findPushClient()).name).toBe('embedded');
  });

  test('takes Docker first, and leaves nothing in it', async () => {
    await install('docker', dockerOf(hostname()));
    await install('skopeo', 'echo skopeo version 1.9.3');
    const client = await findPushClient();

    const results = [
      await client.push(image, { host: registry.server.host, repository: 'ab', tag: 'v1' }),
      await client.push(image, { host: registry.server.host, repository: 'ab', tag: 'v1' }),
      await client.push(buildOciImage(1, 'other'), { host: registry.server.host, repository: 'ab', tag: 'v1' }),
    ];
    await client.close();

    const target = `${registry.server.host}/ab:v1`;
    expect([client.name, client.version, results.map(({ ok }) => ok)]).toEqual(['docker', '29.7.2', [true, true, true]]);
    const load = expect.stringMatching(/^load --input .*image\.tar$/);
    const remove = `image rm --force ${target}`;
    expect((await readFile(join(directory, 'docker.log'), 'utf8')).trim().split('\n').slice(2))
      .toEqual([load, `push ${target}`, `push ${target}`, remove, load, `push ${target}`, remove]);
  });

  test('passes over an engine on another machine, and a Podman that cannot load', async () => {
    await install('docker', dockerOf('docker-desktop'));
    await install('podman', 'test "$1" = --version && echo podman version 5.8.6');
    await install('skopeo', 'echo skopeo version 1.22.0');
    const client = await findPushClient('');

    expect([client.name, client.version]).toEqual(['skopeo', '1.22.0']);
    await client.close();
  });

  test('takes Podman with a store of its own', async () => {
    await install('podman', 'test "$1" != --version || echo podman version 5.8.6');
    const client = await findPushClient();
    await client.close();

    expect([client.name, client.version]).toEqual(['podman', '5.8.6']);
    expect(await readFile(join(directory, 'podman.log'), 'utf8')).toMatch(/^--version\n--root (\S+)\/root --runroot \1\/run --tmpdir \1\/tmp --storage-driver vfs load --input \1\//);
  });

  test('takes the one that PUSH_CLIENT names', async () => {
    await install('docker', dockerOf(hostname()));
    process.env.PUSH_CLIENT = 'embedded';

    expect((await findPushClient()).name).toBe('embedded');
  });

  test('fails when the client is not there, or cannot load the image', async () => {
    await expect(findPushClient('docker')).rejects.toThrow(/^push client docker is not at hand: .*ENOENT/);
    await install('docker', dockerOf('elsewhere'));
    await expect(findPushClient('docker')).rejects.toThrow('push client docker is not at hand: its engine runs on another machine, elsewhere');
    await install('docker', `${dockerOf(hostname())}; test "$1" != load || { echo no space left >&2; exit 3; }`);
    const client = await findPushClient('docker');
    expect(await client.push(image, { host: registry.server.host, repository: 'ab', tag: 'v1' })).toMatchObject({ ok: false, exitCode: 3, output: 'no space left\n' });
    await client.close();
  });

  test('fails when there is no such client', async () => {
    await expect(findPushClient('crane')).rejects.toThrow('push client must be one of docker, podman, skopeo, embedded, got crane');
  });
});
