import { gunzipSync } from 'node:zlib';
import type { ImageKind } from './client';
import { IMAGE } from './images';
import type { UploadLog } from './upload-log';
import type { EcrRepository } from '../local-aws/ecr';
import { isObject, listOf, objectOf } from '../local-aws/json';
import { digestOf } from '../local-aws/oci-protocol';

/** What belongs to the image of a tag. */
interface Content {
  readonly isIndex: boolean;
  readonly configs: readonly string[];
  readonly layers: readonly string[];
}

/** @returns what is wrong with the image that a repository has under a tag, or with how it came there */
export function problemsOfImage(repository: EcrRepository, tag: string, kind: ImageKind, { refusedMounts, uploads }: Pick<UploadLog, 'refusedMounts' | 'uploads'>): string[] {
  const digest = repository.imageTags.get(tag);
  if (digest === undefined) return [`no image is tagged ${tag}`];
  const problems: string[] = [];
  const { configs, isIndex, layers } = contentOf(repository, digest, problems);
  for (const blob of [...configs, ...layers]) {
    const data = repository.blobs.get(blob);
    if (data === undefined) problems.push(`the blob ${blob} is missing`);
    else if (digestOf(data) !== blob) problems.push(`the blob ${blob} has other content`);
  }
  if (isIndex !== (kind === 'index')) problems.push(isIndex ? 'it is an index' : 'it is not an index');

  const pushed = layers.map(layer => digestOf(uncompressed(repository.blobs.get(layer) ?? Buffer.alloc(0))));
  const wanted = IMAGE.layers.map(({ tar }) => digestOf(tar));
  // An index may come without any image.
  const isEmptyIndex = isIndex && pushed.length === 0;
  if (!isEmptyIndex && pushed.join() !== wanted.join()) problems.push(`its layers are ${pushed.join(', ')} and should be ${wanted.join(', ')}`);

  const uploadedLayers = uploads.filter(upload => !configs.includes(upload));
  if (kind === 'layers' && !layers.every(layer => uploadedLayers.includes(layer))) problems.push('not every layer was uploaded');
  // Docker's classic store forgets where a layer is when it cannot be mounted, and uploads it with the next push.
  const mayUpload = kind === 'layers' || (kind === 'mounted' && layers.some(layer => refusedMounts.includes(layer)));
  if (!mayUpload && uploadedLayers.length > 0) problems.push(`${uploadedLayers.length} layers were uploaded`);
  return problems;
}

function contentOf(repository: EcrRepository, digest: string, problems: string[]): Content {
  const manifest = repository.manifests.get(digest);
  if (manifest === undefined) {
    problems.push(`the manifest ${digest} is missing`);
    return { isIndex: false, configs: [], layers: [] };
  }
  if (digestOf(manifest.body) !== digest) problems.push(`the manifest ${digest} has other content`);
  const { config, layers, manifests } = objectOf(JSON.parse(manifest.body.toString('utf8')));
  const images = listOf(manifests).map(objectOf).map(image => contentOf(repository, String(image.digest), problems));
  const digestsOf = (descriptors: unknown) => listOf(descriptors).filter(isObject).map(descriptor => String(descriptor.digest));
  return {
    isIndex: manifests !== undefined,
    configs: [...digestsOf(config), ...images.flatMap(image => image.configs)],
    layers: [...digestsOf(layers), ...images.flatMap(image => image.layers)],
  };
}

/** Clients may compress anew, or not at all. */
function uncompressed(layer: Buffer): Buffer {
  return layer[0] === 0x1f ? gunzipSync(layer) : layer;
}
