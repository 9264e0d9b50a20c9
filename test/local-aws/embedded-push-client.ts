import { types } from 'node:util';
import type { OciBlob, OciImage } from './oci-image';
import type { PushClient, PushReference, PushResult } from './push-client';

const TIME_LIMIT = 60_000;

/** A push client in this process, for machines that have no other: it makes the requests that the others make, in their order. */
export class EmbeddedPushClient implements PushClient {
  readonly name = 'embedded';
  readonly version = process.versions.node;

  async push(image: OciImage, reference: PushReference): Promise<PushResult> {
    const started = performance.now();
    const failures = await pushInStages([
      image.layers.map((layer) => async () => pushBlob(layer, reference)),
      [async () => pushBlob(image.config, reference)],
      [async () => pushManifest(image, reference)],
    ]);
    const ok = failures.length === 0;
    const output = ok ? `${reference.tag}: digest: ${image.manifest.digest}` : failures.join('\n');
    return { ok, exitCode: ok ? 0 : 1, output, milliseconds: performance.now() - started };
  }

  async close(): Promise<void> {
    // It leaves nothing behind.
  }
}

/** Pushes a stage's parts at once; each fails for itself, so that a missing repository is refused once per layer. */
async function pushInStages(stages: readonly (readonly (() => Promise<void>)[])[]): Promise<string[]> {
  for (const stage of stages) {
    const results = await Promise.allSettled(stage.map(async (push) => push()));
    const failures = results.flatMap((result) => result.status === 'rejected' ? [describeFailure(result.reason)] : []);
    if (failures.length > 0) return failures;
  }
  return [];
}

async function pushBlob({ data, digest }: OciBlob, { host, repository }: PushReference): Promise<void> {
  const blobs = `http://${host}/v2/${repository}/blobs`;
  // What the repository lacks, and a repository that is lacking, look alike here: the upload tells.
  const present = await request('HEAD', `${blobs}/${digest}`, [200, 404]);
  if (present.status === 200) return;
  const upload = await request('POST', `${blobs}/uploads/`, [202]);
  const location = new URL(upload.headers.get('location') ?? '', blobs);
  location.searchParams.set('digest', digest);
  await request('PUT', location.href, [201], data, 'application/octet-stream');
}

async function pushManifest({ manifest }: OciImage, { host, repository, tag }: PushReference): Promise<void> {
  await request('PUT', `http://${host}/v2/${repository}/manifests/${tag}`, [201], manifest.data, manifest.mediaType);
}

async function request(method: string, url: string, expected: readonly number[], body?: Buffer, contentType?: string): Promise<Response> {
  const headers = { 'User-Agent': 'embedded-push-client', ...(contentType === undefined ? {} : { 'Content-Type': contentType }) };
  const response = await fetch(url, { method, headers, body, signal: AbortSignal.timeout(TIME_LIMIT) });
  const text = await response.text();
  if (!expected.includes(response.status)) throw new Error(`${method} ${new URL(url).pathname}: ${response.status} ${text}`);
  return response;
}

function describeFailure(reason: unknown): string {
  // What fetch throws is of another realm in jest: instanceof does not know it.
  if (!types.isNativeError(reason)) return String(reason);
  return reason.cause === undefined ? reason.message : `${reason.message}: ${describeFailure(reason.cause)}`;
}
