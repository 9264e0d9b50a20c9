import type { IncomingMessage, ServerResponse } from 'node:http';
import { Ecr, EcrError, EcrRepository, repositoryNotFound } from './ecr';
import { checkRepositoryName } from './ecr-parameters';
import { getManifest, putManifest } from './oci-manifests';
import { eventName, isDigest, OciError, OciRequest, OciResponse, readOciRequest, unsupported } from './oci-protocol';
import { OciUploads } from './oci-uploads';

/** A push call that failed: what CloudTrail would record of it. */
export interface PushCall {
  /** `InitiateLayerUpload`, `PutImage`, `BatchCheckLayerAvailability` and so on. */
  readonly eventName: string;
  readonly errorCode: string;
  readonly errorMessage: string;
  /** With `registryId` and `repositoryName`. */
  readonly requestParameters: Record<string, unknown>;
  /** The user name of basic authentication, or `anonymous`. */
  readonly pusher: string;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly time: Date;
}

/** What the outside sees of pushes, and does about them. */
export interface OciRegistryHooks {
  /** Told of each push call that ECR would refuse by an exception; a blob or tag that is simply not there yet is none. */
  readonly onPushCall?: (call: PushCall) => void;
  /**
   * Asked before a write to a missing repository is refused: true means that it now exists.
   *
   * Reads never ask: a pull creates nothing.
   */
  readonly createOnPush?: (repositoryName: string) => boolean;
}

/** The OCI distribution protocol over an ECR's repositories. */
export class OciRegistry {
  private readonly uploads: OciUploads;

  constructor(private readonly ecr: Ecr, private readonly hooks: OciRegistryHooks) {
    this.uploads = new OciUploads(ecr);
  }

  /** Answers one request. */
  async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await readOciRequest(incoming);
    try {
      send(outgoing, request === undefined ? root(incoming) : this.respond(request));
    } catch (error) {
      const refusal = error instanceof OciError ? error : new OciError('UNKNOWN', String(error), 500, 'ServerException');
      if (request !== undefined) this.report(refusal, request, incoming);
      const errors = [{ code: refusal.code, message: refusal.message }];
      // Docker 25 and later retry a refusal of any other content type.
      send(outgoing, { status: refusal.status, headers: { 'Content-Type': 'application/json' }, body: Buffer.from(JSON.stringify({ errors })) });
    }
  }

  private respond(request: OciRequest): OciResponse {
    const repository = this.repository(request);
    const { method, route } = request;
    switch (route.kind) {
      case 'uploads':
        if (method !== 'POST') throw unsupported();
        return this.uploads.begin(request, repository);
      case 'upload':
        return this.uploads.proceed(request, repository);
      case 'blob':
        if (!isRead(method)) throw unsupported();
        return getBlob(route.reference, repository);
      case 'manifest':
        if (isRead(method)) return getManifest(request, repository);
        if (method !== 'PUT') throw unsupported();
        return putManifest(request, repository);
    }
  }

  private repository({ method, route: { repositoryName } }: OciRequest): EcrRepository {
    try {
      checkRepositoryName(repositoryName);
    } catch (error) {
      throw error instanceof EcrError ? new OciError('NAME_INVALID', error.message, 400, error.name) : error;
    }
    const mayCreate = !isRead(method) && !this.ecr.repositories.has(repositoryName);
    const created = mayCreate && this.hooks.createOnPush?.(repositoryName) === true;
    const repository = this.ecr.repositories.get(repositoryName);
    if (repository !== undefined) return repository;
    if (created) throw new Error(`createOnPush returned true, but there is no repository '${repositoryName}'`);
    const { message, name } = repositoryNotFound(repositoryName, this.ecr.env.account);
    throw new OciError('NAME_UNKNOWN', message, 404, name);
  }

  private report(refusal: OciError, request: OciRequest, incoming: IncomingMessage): void {
    const name = eventName(request);
    if (name === undefined || refusal.exception === undefined) return;
    this.hooks.onPushCall?.({
      eventName: name,
      errorCode: refusal.exception,
      errorMessage: refusal.message,
      requestParameters: { registryId: this.ecr.env.account, repositoryName: request.route.repositoryName, ...details(name, request) },
      pusher: pusherOf(incoming),
      sourceIp: incoming.socket.remoteAddress ?? '',
      userAgent: incoming.headers['user-agent'] ?? '',
      time: new Date(),
    });
  }
}

function root({ url }: IncomingMessage): OciResponse {
  if (url !== '/v2' && url !== '/v2/') throw new OciError('UNSUPPORTED', 'The operation is unsupported', 404);
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body: Buffer.from('{}') };
}

function getBlob(digest: string, repository: EcrRepository): OciResponse {
  const body = repository.blobs.get(digest);
  if (body === undefined) throw new OciError('BLOB_UNKNOWN', `The layer '${digest}' does not exist in the repository '${repository.name}'`, 404);
  return { status: 200, headers: { 'Content-Type': 'application/octet-stream', 'Docker-Content-Digest': digest }, body };
}

/** What CloudTrail shows of the call beside the repository. */
function details(name: string, { body, contentType, query, route }: OciRequest): Record<string, unknown> {
  switch (name) {
    case 'BatchCheckLayerAvailability':
      return { layerDigests: [route.reference] };
    case 'BatchGetImage':
      return { imageIds: [isDigest(route.reference) ? { imageDigest: route.reference } : { imageTag: route.reference }] };
    case 'CompleteLayerUpload':
      return { uploadId: route.reference, layerDigests: query.getAll('digest') };
    case 'PutImage':
      return {
        ...(isDigest(route.reference) ? { imageDigest: route.reference } : { imageTag: route.reference }),
        imageManifestMediaType: contentType,
        imageManifest: body.toString('utf8'),
      };
    case 'UploadLayerPart':
      return { uploadId: route.reference };
    default:
      return {};
  }
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function pusherOf({ headers }: IncomingMessage): string {
  const credentials = /^Basic (.+)$/i.exec(headers.authorization ?? '')?.[1];
  return credentials === undefined ? 'anonymous' : Buffer.from(credentials, 'base64').toString('utf8').split(':')[0];
}

function send(response: ServerResponse, { body, headers, status }: OciResponse): void {
  const length = status === 204 ? {} : { 'Content-Length': body?.length ?? 0 };
  response.writeHead(status, { 'Docker-Distribution-Api-Version': 'registry/2.0', ...length, ...headers });
  response.end(body);
}
