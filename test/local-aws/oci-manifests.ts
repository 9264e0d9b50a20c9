import type { EcrRepository } from './ecr';
import { globToRegExp } from './glob';
import { isObject, JsonObject } from './json';
import { checkDigest, digestOf, isDigest, OciError, OciRequest, OciResponse } from './oci-protocol';

const TAG = /^\w[\w.-]{0,127}$/;

/** Answers with a manifest, or says that there is none. */
export function getManifest({ route }: OciRequest, repository: EcrRepository): OciResponse {
  const digest = isDigest(route.reference) ? route.reference : repository.imageTags.get(route.reference);
  const manifest = repository.manifests.get(digest ?? '');
  if (digest === undefined || manifest === undefined) {
    throw new OciError('MANIFEST_UNKNOWN', `The image '${route.reference}' does not exist in the repository '${repository.name}'`, 404);
  }
  return { status: 200, headers: { 'Content-Type': manifest.mediaType, 'Docker-Content-Digest': digest }, body: manifest.body };
}

/** Takes a manifest in, under its digest and under its tag. */
export function putManifest({ body, contentType, route }: OciRequest, repository: EcrRepository): OciResponse {
  const digest = digestOf(body);
  const byTag = !isDigest(route.reference);
  if (byTag) checkTag(route.reference, digest, repository);
  else checkDigest(body, route.reference, 'ImageDigestDoesNotMatchException');
  checkReferences(parseManifest(body), repository);
  repository.manifests.set(digest, { mediaType: contentType, body });
  if (byTag) repository.imageTags.set(route.reference, digest);
  return { status: 201, headers: { 'Location': `/v2/${repository.name}/manifests/${digest}`, 'Docker-Content-Digest': digest } };
}

function checkTag(tag: string, digest: string, repository: EcrRepository): void {
  if (!TAG.test(tag)) throw new OciError('TAG_INVALID', `'${tag}' is not an image tag`, 400, 'InvalidParameterException');
  const present = repository.imageTags.get(tag);
  if (present !== undefined && present !== digest && isImmutable(tag, repository)) {
    throw new OciError(
      'TAG_INVALID',
      `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the repository is immutable.`,
      400,
      'ImageTagAlreadyExistsException',
    );
  }
}

function isImmutable(tag: string, { imageTagMutability, imageTagMutabilityExclusionFilters }: EcrRepository): boolean {
  const excluded = (imageTagMutabilityExclusionFilters ?? []).some(({ filter = '' }) => globToRegExp(filter).test(tag));
  return imageTagMutability.startsWith('IMMUTABLE') !== excluded;
}

function parseManifest(body: Buffer): JsonObject {
  let manifest: unknown;
  try {
    manifest = JSON.parse(body.toString('utf8'));
  } catch {
    manifest = undefined;
  }
  if (!isObject(manifest) || manifest.schemaVersion !== 2) {
    throw new OciError('MANIFEST_INVALID', 'The image manifest is not valid', 400, 'InvalidParameterException');
  }
  return manifest;
}

/** An index refers to manifests of the same repository, everything else to blobs. */
function checkReferences(manifest: JsonObject, repository: EcrRepository): void {
  const isIndex = Array.isArray(manifest.manifests);
  const descriptors: unknown[] = isIndex ? [manifest.manifests].flat() : [manifest.config, manifest.layers].flat();
  const present: ReadonlyMap<string, unknown> = isIndex ? repository.manifests : repository.blobs;
  for (const descriptor of descriptors) {
    // Foreign layers live at other addresses and are never pushed.
    if (isObject(descriptor) && Array.isArray(descriptor.urls)) continue;
    const digest = isObject(descriptor) ? String(descriptor.digest) : '';
    if (present.has(digest)) continue;
    throw new OciError(
      'MANIFEST_BLOB_UNKNOWN',
      `The image manifest references '${digest}', which does not exist in the repository '${repository.name}'`,
      404,
      isIndex ? 'ReferencedImagesNotFoundException' : 'LayersNotFoundException',
    );
  }
}
