import { randomUUID } from 'node:crypto';
import type { Ecr, EcrRepository } from './ecr';
import { checkDigest, OciError, OciRequest, OciResponse, unsupported } from './oci-protocol';

interface Upload {
  readonly repository: EcrRepository;
  data: Buffer;
}

/** The uploads of blobs that are under way. */
export class OciUploads {
  private readonly uploads = new Map<string, Upload>();

  constructor(private readonly ecr: Ecr) {}

  /** Begins an upload; or does without one, when the blob can be mounted or comes along. */
  begin({ body, query }: OciRequest, repository: EcrRepository): OciResponse {
    const digest = query.get('digest');
    if (digest !== null) return store(repository, body, digest);
    const mount = query.get('mount');
    const mounted = mount === null ? undefined : this.ecr.repositories.get(query.get('from') ?? '')?.blobs.get(mount);
    if (mount !== null && mounted !== undefined) return store(repository, mounted, mount);
    const id = randomUUID();
    const upload = { repository, data: Buffer.alloc(0) };
    this.uploads.set(id, upload);
    return progress(id, upload, 202);
  }

  /** Goes on with an upload. */
  proceed(request: OciRequest, repository: EcrRepository): OciResponse {
    const id = request.route.reference;
    const upload = this.uploads.get(id);
    if (upload?.repository !== repository) {
      throw new OciError('BLOB_UPLOAD_UNKNOWN', `The upload with id '${id}' does not exist in the repository '${repository.name}'`, 404, 'UploadNotFoundException');
    }
    switch (request.method) {
      case 'GET':
        return progress(id, upload, 204);
      case 'PATCH':
        append(upload, request);
        return progress(id, upload, 202);
      case 'PUT': {
        append(upload, request);
        const response = store(repository, upload.data, request.query.get('digest') ?? '');
        this.uploads.delete(id);
        return response;
      }
      case 'DELETE':
        this.uploads.delete(id);
        return { status: 204 };
      default:
        throw unsupported();
    }
  }
}

function append(upload: Upload, { body, contentRange }: OciRequest): void {
  const start = /^(?:bytes[ =])?(\d+)-/.exec(contentRange ?? '')?.[1];
  if (start !== undefined && Number(start) !== upload.data.length) {
    throw new OciError('BLOB_UPLOAD_INVALID', `The part must begin at ${upload.data.length}, not at ${start}`, 416, 'InvalidLayerPartException');
  }
  upload.data = Buffer.concat([upload.data, body]);
}

function progress(id: string, { repository, data }: Upload, status: number): OciResponse {
  return {
    status,
    headers: {
      'Location': `/v2/${repository.name}/blobs/uploads/${id}`,
      'Docker-Upload-UUID': id,
      'Range': `0-${Math.max(data.length - 1, 0)}`,
    },
  };
}

function store(repository: EcrRepository, data: Buffer, digest: string): OciResponse {
  checkDigest(data, digest, 'InvalidLayerException');
  repository.blobs.set(digest, data);
  return { status: 201, headers: { 'Location': `/v2/${repository.name}/blobs/${digest}`, 'Docker-Content-Digest': digest } };
}
