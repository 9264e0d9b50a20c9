import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** What the service would have answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/**
 * What happens to an answer on its way:
 *
 * - `reset`: the connection is reset, and nothing arrives.
 * - `cut`: half of the body arrives, and then the connection ends.
 * - `garbled`: half of the body arrives as if it were all of it.
 * - `stalled`: half of the body arrives, and nothing more, while the connection stays open.
 * - An answer: somebody on the way answers instead, a load balancer for example.
 */
export type Breakage = 'reset' | 'cut' | 'garbled' | 'stalled' | HttpAnswer;

/** Thrown in the place of an answer that does not arrive as the service gave it. */
export class BrokenAnswer extends Error {
  override readonly name = 'BrokenAnswer';

  constructor(private readonly breakage: Breakage) {
    super(typeof breakage === 'string' ? `the answer is ${breakage}` : `somebody else answers with ${breakage.status}`);
  }

  /** Gives the caller what is left of the answer. */
  send(response: ServerResponse, answer: HttpAnswer): void {
    const half = answer.body.subarray(0, answer.body.length / 2);
    switch (this.breakage) {
      case 'reset':
        response.socket?.resetAndDestroy();
        return;
      case 'cut':
        response.writeHead(answer.status, { ...answer.headers, 'Content-Length': answer.body.length });
        response.write(half, () => response.socket?.end());
        return;
      case 'garbled':
        response.writeHead(answer.status, answer.headers);
        response.end(half);
        return;
      case 'stalled':
        response.writeHead(answer.status, { ...answer.headers, 'Content-Length': answer.body.length });
        response.write(half);
        return;
      default:
        response.writeHead(this.breakage.status, this.breakage.headers);
        response.end(this.breakage.body);
    }
  }
}
