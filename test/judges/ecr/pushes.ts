import { createHash } from 'node:crypto';
import type { JsonObject } from '../../local-aws/json';
import type { Verdict } from '../verdict';
import type { DeployedFunction } from './deployed-function';
import { failedPush, type Pusher } from './failed-pushes';
import type { Credentials, Moto } from './moto';

const LAYER = Buffer.from('a layer');
const MEDIA_TYPE = 'application/vnd.docker.distribution.manifest.v2+json';

/** Pushes through ECR's API, as `docker push` has its registry do, with what `grantPush` gives; and pulls with what `grantPull` gives. */
export async function judgeGrants(verdict: Verdict, moto: Moto, pusher: Pusher, puller: Credentials, deployed: DeployedFunction): Promise<void> {
  const repositoryName = 'grants/app';
  const as = (credentials: Credentials) => async (operation: string, parameters: JsonObject = {}, error?: string): Promise<void> => {
    const found = await moto.errorOf('ecr', operation, operation === 'GetAuthorizationToken' ? {} : { repositoryName, ...parameters }, credentials);
    verdict.check('calls by grantees', found === error, () => `${operation} by ${credentials === puller ? 'who may pull' : 'who may push'} is ${found ?? 'allowed'}, not ${error ?? 'allowed'}`);
  };
  const push = as(pusher.credentials);
  const pull = as(puller);
  const layerDigest = `sha256:${createHash('sha256').update(LAYER).digest('hex')}`;
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MEDIA_TYPE,
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', size: 2, digest: layerDigest },
    layers: [{ mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: LAYER.length, digest: layerDigest }],
  });

  await push('CreateRepository', {}, DENIED);
  const { failure, lines } = await deployed.run(await failedPush(moto, pusher, repositoryName));
  verdict.check('handler runs', failure === undefined && lines[0]?.outcome === 'created', () => `${repositoryName}: ${JSON.stringify({ failure, lines })}`);

  await push('GetAuthorizationToken');
  await push('BatchCheckLayerAvailability', { layerDigests: [layerDigest] });
  const { uploadId } = await moto.call('ecr', 'InitiateLayerUpload', { repositoryName }, pusher.credentials);
  const part = { uploadId, partFirstByte: 0, partLastByte: LAYER.length - 1, layerPartBlob: { base64: LAYER.toString('base64') } };
  await pull('UploadLayerPart', part, DENIED);
  await push('UploadLayerPart', part);
  await push('CompleteLayerUpload', { uploadId, layerDigests: [layerDigest] });
  await pull('PutImage', { imageManifest, imageTag: 'v1' }, DENIED);
  await push('PutImage', { imageManifest, imageTag: 'v1' });
  for (const [operation, parameters] of DESTRUCTION) await push(operation, parameters, DENIED);

  await pull('GetAuthorizationToken');
  await pull('BatchCheckLayerAvailability', { layerDigests: [layerDigest] });
  await pull('BatchGetImage', { imageIds: [{ imageTag: 'v1' }] });
  const download = async () => moto.call('ecr', 'GetDownloadUrlForLayer', { repositoryName, layerDigest }, puller);
  const reason = await moto.expectNotImplemented('get_download_url_for_layer', download);
  verdict.check('calls by grantees', reason === undefined, () => `GetDownloadUrlForLayer by who may pull: ${reason}`);
  const { images } = await moto.call('ecr', 'BatchGetImage', { repositoryName, imageIds: [{ imageTag: 'v1' }] });
  verdict.check('calls by grantees', (images as { imageManifest: string }[])[0]?.imageManifest === imageManifest, () => `the image is ${JSON.stringify(images)}`);
}

const DENIED = 'AccessDeniedException';

/** What who may push must not do. */
const DESTRUCTION: readonly [string, JsonObject][] = [
  ['BatchDeleteImage', { imageIds: [{ imageTag: 'v1' }] }],
  ['DeleteRepository', { force: true }],
  ['SetRepositoryPolicy', { policyText: '{}' }],
  ['PutLifecyclePolicy', { lifecyclePolicyText: '{}'.padEnd(100) }],
  ['PutImageTagMutability', { imageTagMutability: 'MUTABLE' }],
];
