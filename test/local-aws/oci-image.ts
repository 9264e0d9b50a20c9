import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { digestOf } from './oci-protocol';
import { packTar, TarEntry } from './tar-writer';

/** Content with the descriptor that refers to it. */
export interface OciBlob {
  readonly mediaType: string;
  readonly digest: string;
  readonly data: Buffer;
}

/** A layer, also as the archive that it is before compression. */
export interface OciLayer extends OciBlob {
  readonly tar: Buffer;
}

/** An image of one platform, in memory. */
export interface OciImage {
  readonly layers: readonly OciLayer[];
  readonly config: OciBlob;
  readonly manifest: OciBlob;
}

/**
 * Builds a tiny image, each of whose layers holds one file.
 *
 * Equal arguments give equal digests; `content` makes an image of other digests.
 */
export function buildOciImage(layerCount: number, content = 'content'): OciImage {
  const layers = Array.from({ length: layerCount }, (_, index) => buildLayer(index, content));
  const config = jsonBlob('application/vnd.oci.image.config.v1+json', {
    created: '1970-01-01T00:00:00Z',
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: layers.map(({ tar }) => digestOf(tar)) },
    history: layers.map((_, index) => ({ created: '1970-01-01T00:00:00Z', created_by: `layer ${index}` })),
  });
  const manifest = jsonBlob('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: describe(config),
    layers: layers.map(describe),
  });
  return { layers, config, manifest };
}

/** Builds an image index that lists no image yet, as one is before images are added to it. */
export function buildEmptyIndex(): OciBlob {
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  return jsonBlob(mediaType, { schemaVersion: 2, mediaType, manifests: [] });
}

/** Writes an image as an OCI layout, which skopeo reads as `oci:DIRECTORY:TAG`. */
export async function writeOciLayout({ config, layers, manifest }: OciImage, directory: string, tag: string): Promise<void> {
  await writeLayout(manifest, [...layers, config], directory, tag);
}

/** Writes an image index without images as an OCI layout. */
export async function writeIndexLayout(index: OciBlob, directory: string, tag: string): Promise<void> {
  await writeLayout(index, [], directory, tag);
}

async function writeLayout(manifest: OciBlob, others: readonly OciBlob[], directory: string, tag: string): Promise<void> {
  const blobs = join(directory, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  await Promise.all([...others, manifest].map(({ data, digest }) => writeFile(join(blobs, hex(digest)), data)));
  await writeFile(join(directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const manifests = [{ ...describe(manifest), annotations: { 'org.opencontainers.image.ref.name': tag } }];
  await writeFile(join(directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
}

/** Writes an image as `docker load` and `podman load` read it, with the name that it is to have there. */
export async function writeDockerArchive({ config, layers }: OciImage, file: string, name: string): Promise<void> {
  const entries: TarEntry[] = layers.map(({ tar }) => ({ path: `${hex(digestOf(tar))}/layer.tar`, data: tar }));
  const Config = `${hex(config.digest)}.json`;
  const index = [{ Config, RepoTags: [name], Layers: entries.map(({ path }) => path) }];
  await writeFile(file, packTar([...entries, { path: Config, data: config.data }, { path: 'manifest.json', data: Buffer.from(JSON.stringify(index)) }]));
}

function buildLayer(index: number, content: string): OciLayer {
  const tar = packTar([{ path: `layer-${index}.txt`, data: Buffer.from(`${content} of layer ${index}\n`) }]);
  return { tar, ...blob('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(tar)) };
}

function jsonBlob(mediaType: string, value: unknown): OciBlob {
  return blob(mediaType, Buffer.from(JSON.stringify(value)));
}

function blob(mediaType: string, data: Buffer): OciBlob {
  return { mediaType, digest: digestOf(data), data };
}

function describe({ data, digest, mediaType }: OciBlob): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest, size: data.length };
}

function hex(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1);
}
