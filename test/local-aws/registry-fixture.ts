import { Ecr } from './ecr';
import { OciBlob, OciImage } from './oci-image';
import type { PushCall } from './oci-registry';
import { RegistryServer, RegistryServerOptions } from './registry-server';

/** The account whose registry the tests push to. */
export const ACCOUNT = '123456789012';

/** A registry of one test, and the requests that a push client makes of it. */
export class RegistryFixture {
  /** Starts an empty registry in eu-central-1. */
  static async start(hooks: Omit<RegistryServerOptions, 'ecr' | 'onPushCall'> = {}): Promise<RegistryFixture> {
    const ecr = new Ecr({ partition: 'aws', region: 'eu-central-1', account: ACCOUNT });
    const pushCalls: PushCall[] = [];
    return new RegistryFixture(await RegistryServer.start({ ecr, onPushCall: (call) => pushCalls.push(call), ...hooks }), pushCalls);
  }

  private constructor(readonly server: RegistryServer, readonly pushCalls: PushCall[]) {}

  get ecr(): Ecr {
    return this.server.ecr;
  }

  createRepository(repositoryName: string, settings: object = {}): void {
    this.ecr.call('CreateRepository', { repositoryName, ...settings }, `arn:aws:iam::${ACCOUNT}:user/test`);
  }

  async request(method: string, path: string, body?: Buffer | string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(new URL(path, this.server.url), { method, body, headers });
  }

  async putBlob({ data, digest }: OciBlob, repository: string): Promise<Response> {
    return this.request('POST', `/v2/${repository}/blobs/uploads/?digest=${digest}`, data);
  }

  async putManifest({ data, mediaType }: OciBlob, repository: string, reference: string): Promise<Response> {
    return this.request('PUT', `/v2/${repository}/manifests/${reference}`, data, { 'Content-Type': mediaType });
  }

  /** Pushes all of an image; the answer is that to its manifest. */
  async putImage({ config, layers, manifest }: OciImage, repository: string, reference: string): Promise<Response> {
    for (const blob of [...layers, config]) await this.putBlob(blob, repository);
    return this.putManifest(manifest, repository, reference);
  }

  /** The failing push calls so far, as pairs of event name and error code. */
  failures(): [string, string][] {
    return this.pushCalls.map(({ errorCode, eventName }) => [eventName, errorCode]);
  }
}

/** What the registry says in a refusal. */
export async function refusalOf(response: Response): Promise<{ status: number; code: string; message: string }> {
  const { errors } = await response.json() as { errors: { code: string; message: string }[] };
  return { status: response.status, ...errors[0] };
}
