import type { OciImage } from './oci-image';

/** Where an image goes. */
export interface PushReference {
  /** `127.0.0.1:PORT`; plain HTTP. */
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
}

/** How one push ended. */
export interface PushResult {
  readonly ok: boolean;
  readonly exitCode: number;
  /** What the client printed, both streams. */
  readonly output: string;
  /** Of the push alone, without what brings the image into the client's own store. */
  readonly milliseconds: number;
}

/** The clients that can be found on a machine. */
export type PushClientName = 'docker' | 'podman' | 'skopeo' | 'embedded';

/** Something that pushes images as its users' machines would. */
export interface PushClient {
  readonly name: PushClientName;
  readonly version: string;
  /** Pushes once: a failed push is a result, and is not repeated. */
  push(image: OciImage, reference: PushReference): Promise<PushResult>;
  /** Removes what the client left on this machine. */
  close(): Promise<void>;
}
