import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { CfnParameter, type FileAssetLocation, FileAssetPackaging, FileSystem, Reference, Stack, Stage, Tokenization } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** What the asset's archive holds. */
export interface AssetContent {
  /** A folder that is copied into it, and where to. */
  readonly folder: { readonly source: string; readonly target: string };

  /** Texts by their path. */
  readonly texts: Record<string, string>;
}

/**
 * Adds an asset whose content is known only at synth, when no construct can be added any more: hence not an `s3_assets.Asset`.
 *
 * Adding the same content again is no other asset.
 */
export function addLateAsset(scope: Construct, { folder, texts }: AssetContent): FileAssetLocation {
  const stack = Stack.of(scope);
  const stage = Stage.of(scope);
  if (stage === undefined) throw new Error(`${scope.node.path} must be in an App or a Stage to be synthesized`);

  const sourceHash = createHash('sha256').update(JSON.stringify([FileSystem.fingerprint(folder.source), folder.target, texts])).digest('hex');
  const directory = join(stage.assetOutdir, `asset.${sourceHash}`);
  if (!existsSync(directory)) {
    // Made aside and renamed, so that no half-made asset is ever found.
    const aside = mkdtempSync(join(stage.assetOutdir, 'tmp.'));
    cpSync(folder.source, join(aside, folder.target), { recursive: true });
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(aside, path)), { recursive: true });
      writeFileSync(join(aside, path), text);
    }
    renameSync(aside, directory);
  }
  const location = stack.synthesizer.addFileAsset({
    fileName: relative(stage.outdir, directory), packaging: FileAssetPackaging.ZIP_DIRECTORY, sourceHash,
  });
  // The template is already made, without that parameter.
  if (Tokenization.reverseString(location.bucketName).tokens.some(token => Reference.isReference(token) && token.target instanceof CfnParameter)) {
    throw new Error(`a configuration of this size must be in a stack whose synthesizer makes no parameters of assets, got ${stack.synthesizer.constructor.name}`);
  }
  return location;
}
