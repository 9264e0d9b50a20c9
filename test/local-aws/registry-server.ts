import { once } from 'node:events';
import { createServer, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Ecr } from './ecr';
import { EcrApi, EcrApiHooks } from './ecr-api';
import { OciRegistry, OciRegistryHooks } from './oci-registry';

/** What a server serves, and what happens around its calls. */
export interface RegistryServerOptions extends EcrApiHooks, OciRegistryHooks {
  /** The repositories; the hooks may look at them and call them. */
  readonly ecr: Ecr;
}

/**
 * ECR on this machine: its API and its registry at one address.
 *
 * Point the SDK at `url` (`AWS_ENDPOINT_URL_ECR`) and push clients at `host`. It speaks plain HTTP.
 */
export class RegistryServer {
  /** Starts a server at a free port of 127.0.0.1. */
  static async start(options: RegistryServerOptions): Promise<RegistryServer> {
    const api = new EcrApi(options.ecr, options);
    const registry = new OciRegistry(options.ecr, options);
    const server = createServer((request, response) => {
      const handled = request.url === '/' && request.method === 'POST' ? api.handle(request, response) : registry.handle(request, response);
      // Only a broken connection gets here: there is nobody to answer.
      handled.catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new RegistryServer(options.ecr, server);
  }

  /** `127.0.0.1:PORT`, the registry of an image reference. */
  readonly host: string;
  /** The endpoint of ECR's API. */
  readonly url: string;

  private constructor(readonly ecr: Ecr, private readonly server: Server) {
    const { address, port } = server.address() as AddressInfo;
    this.host = `${address}:${port}`;
    this.url = `http://${this.host}`;
  }

  /** Stops the server and ends its connections, live ones included. */
  async stop(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}
