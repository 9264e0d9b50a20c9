import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A request that the registry refuses: the distribution protocol's code, and the name of ECR's exception that CloudTrail shows. */
export class OciError extends Error {
  constructor(readonly code: string, message: string, readonly status: number, readonly exception?: string) {
    super(message);
  }
}

/** What a request is about; `reference` is a digest, a tag or an upload's id. */
export interface OciRoute {
  readonly kind: 'blob' | 'manifest' | 'upload' | 'uploads';
  readonly repositoryName: string;
  readonly reference: string;
}

/** A request whose body has arrived. */
export interface OciRequest {
  readonly method: string;
  readonly route: OciRoute;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly contentRange?: string;
  readonly body: Buffer;
}

/** What the registry answers. */
export interface OciResponse {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer;
}

const ROUTES: readonly [OciRoute['kind'], RegExp][] = [
  ['uploads', /^\/v2\/(.+)\/blobs\/uploads\/?()$/],
  ['upload', /^\/v2\/(.+)\/blobs\/uploads\/([^/]+)$/],
  ['blob', /^\/v2\/(.+)\/blobs\/([^/]+)$/],
  ['manifest', /^\/v2\/(.+)\/manifests\/([^/]+)$/],
];

/** The ECR action behind each request; a request without one is nothing that CloudTrail shows. */
const EVENT_NAMES: Readonly<Record<OciRoute['kind'], Readonly<Record<string, string | undefined>>>> = {
  uploads: { POST: 'InitiateLayerUpload' },
  upload: { PATCH: 'UploadLayerPart', PUT: 'CompleteLayerUpload' },
  blob: { GET: 'BatchCheckLayerAvailability', HEAD: 'BatchCheckLayerAvailability' },
  manifest: { GET: 'BatchGetImage', HEAD: 'BatchGetImage', PUT: 'PutImage' },
};

/** Reads a request; undefined if its path is none of the protocol's. */
export async function readOciRequest(request: IncomingMessage): Promise<OciRequest | undefined> {
  const url = new URL(request.url ?? '/', 'http://registry');
  // The body is always read to its end: a client that is still sending would not see an early answer.
  const body = await buffer(request);
  for (const [kind, pattern] of ROUTES) {
    const match = pattern.exec(url.pathname);
    if (match === null) continue;
    return {
      method: request.method ?? 'GET',
      route: { kind, repositoryName: match[1], reference: decodeURIComponent(match[2]) },
      query: url.searchParams,
      contentType: request.headers['content-type'] ?? '',
      contentRange: request.headers['content-range'],
      body,
    };
  }
  return undefined;
}

/** The ECR action that a request is, in CloudTrail's words. */
export function eventName({ method, route }: OciRequest): string | undefined {
  return EVENT_NAMES[route.kind][method];
}

/** The digest of some bytes. */
export function digestOf(data: Buffer): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

/** Whether a manifest's reference is a digest: a tag cannot have a colon. */
export function isDigest(reference: string): boolean {
  return reference.includes(':');
}

/** Refuses bytes that are not what the client said they are. */
export function checkDigest(data: Buffer, claimed: string, exception: string): void {
  const digest = digestOf(data);
  if (digest !== claimed) throw new OciError('DIGEST_INVALID', `The digest of the content is '${digest}', not '${claimed}'`, 400, exception);
}

/** The refusal of a method that a path does not have. */
export function unsupported(): OciError {
  return new OciError('UNSUPPORTED', 'The operation is unsupported', 405);
}
