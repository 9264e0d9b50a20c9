import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What this process's servers have answered. */
const ANSWERED = 'http.server.response.finish';

/** Notes which blobs clients upload to a repository of this process, and which of them they ask to mount there. */
export class UploadLog {
  /** The digests of the blobs whose content was sent; what was mounted is not among them. */
  readonly uploads: string[] = [];
  /** The digests of the blobs that were asked to be mounted while there was no repository. */
  readonly refusedMounts: string[] = [];

  /** @param host the registry, `127.0.0.1:PORT` */
  constructor(private readonly host: string, private readonly repository: string) {
    subscribe(ANSWERED, this.note);
  }

  close(): void {
    unsubscribe(ANSWERED, this.note);
  }

  private readonly note = (message: unknown): void => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    if (request.headers.host !== this.host) return;
    const { pathname, searchParams } = new URL(request.url ?? '/', `http://${this.host}`);
    if (!pathname.startsWith(`/v2/${this.repository}/blobs/uploads/`)) return;
    const digest = searchParams.get('digest');
    const mount = searchParams.get('mount');
    if (response.statusCode === 201 && digest !== null) this.uploads.push(digest);
    if (response.statusCode === 404 && mount !== null) this.refusedMounts.push(mount);
  };
}
