import type { Workplace } from './workplace';
import type { Package } from '../judges/debian';

/** Who creates the repository: the function, after the event of a failed push; or ECR, by a creation template. */
export type Way = 'events' | 'templates';

export const WAYS: readonly Way[] = ['events', 'templates'];

/**
 * What is pushed.
 *
 * `layers`: an image with several layers to upload; `mounted`: an image whose layers are in another repository of the registry;
 * `index`: an image index without a layer to upload. Some of these list no image: the stand-in takes them, of ECR that is not known.
 */
export type ImageKind = 'layers' | 'mounted' | 'index';

export const IMAGE_KINDS: readonly ImageKind[] = ['layers', 'mounted', 'index'];

/** How a client pushes something: shell commands, which take their values from {@link Variables}. */
export interface Recipe {
  /** What comes before, once. */
  readonly prepare?: string;
  /** The push itself. */
  readonly push: string;
}

/** What recipes can refer to. */
export type Variables = Readonly<Record<
/** Where the image goes, as `docker push` takes it. */
| 'IMAGE'
/** The same image in another repository of the registry. */
| 'SOURCE'
/** The image as an archive for `docker load`; it has the name in LOCAL there. */
| 'ARCHIVE' | 'LOCAL'
/** The image as an OCI layout. */
| 'LAYOUT'
/** An image index without images as an OCI layout. */
| 'INDEX_LAYOUT', string>>;

/** A client that can be run on this machine. */
export interface ClientDefinition {
  readonly name: string;
  /** As the README names it. */
  readonly title: string;
  /** Where its programs come from: this machine's packages, the newest Debian's, or by `install`. */
  readonly origin: 'machine' | 'newest' | 'install';
  /** Its programs, each with the package that has it. */
  readonly programs: readonly Package[];
  /** @returns folders with programs */
  readonly install?: () => Promise<readonly string[]>;
  /** Starts what it needs, in a workplace that has its programs. */
  readonly start?: (workplace: Workplace) => Promise<Service>;
  /** Prints a version. */
  readonly version: string;
  /** What comes before everything, once. */
  readonly setUp?: string;
  readonly environment?: (directory: string) => NodeJS.ProcessEnv;
  readonly recipes: Readonly<Record<ImageKind, Recipe>>;
}

/** Something that goes on beside a client's commands. */
export interface Service {
  stop(): Promise<void>;
}
