import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A CloudFormation template, as far as its parts are read. */
export interface Template {
  Parameters?: Record<string, TemplateParameter>;
  Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  Conditions?: Record<string, unknown>;
  Resources?: Record<string, TemplateResource>;
  Outputs?: Record<string, TemplateOutput>;
  Transform?: unknown;
}

export interface TemplateParameter {
  Type: string;
  Default?: string | number;
}

export interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
  Condition?: string;
  DependsOn?: string | string[];
}

export interface TemplateOutput {
  Value: unknown;
  Condition?: string;
  Export?: { Name: unknown };
}

/** A stack of a cloud assembly. */
export interface StackArtifact {
  readonly name: string;
  readonly template: Template;
  /** The size of the template's file, which is what gets uploaded. */
  readonly templateBytes: number;
  /** What the stack was synthesized for, where that was said. */
  readonly account?: string;
  readonly region?: string;
  /** The names of the stacks that have to be deployed before. */
  readonly dependencies: string[];

  /** @returns the absolute path of the directory or file that is published under the key */
  findAsset(objectKey: string): string;
}

interface Manifest {
  readonly artifacts?: Record<string, ManifestArtifact>;
}

interface ManifestArtifact {
  readonly type: string;
  readonly environment?: string;
  readonly dependencies?: string[];
  readonly properties?: { readonly templateFile?: string; readonly stackName?: string; readonly file?: string; readonly directoryName?: string };
}

interface AssetManifest {
  readonly files?: Record<string, FileAsset>;
}

interface FileAsset {
  readonly source: { readonly path?: string };
  readonly destinations: Record<string, { readonly objectKey: string }>;
}

/**
 * Reads the stacks of a synthesized app, those of its stages too.
 *
 * @param directory The app's output directory, `cdk.out`.
 */
export function readCloudAssembly(directory: string): StackArtifact[] {
  const artifacts = Object.entries(readJson<Manifest>(join(directory, 'manifest.json')).artifacts ?? {});
  const stacks = artifacts.filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const stackNames = new Map(stacks.map(([id, artifact]) => [id, stackName(id, artifact)]));
  const assets = new Map<string, string>();
  for (const [, { type, properties }] of artifacts) {
    if (type === 'cdk:asset-manifest' && properties?.file !== undefined) readAssets(directory, properties.file, assets);
  }

  return artifacts.flatMap(([id, artifact]) => {
    const { templateFile, directoryName } = artifact.properties ?? {};
    if (artifact.type === 'cdk:cloud-assembly' && directoryName !== undefined) return readCloudAssembly(join(directory, directoryName));
    if (artifact.type !== 'aws:cloudformation:stack' || templateFile === undefined) return [];

    const text = readFileSync(join(directory, templateFile), 'utf8');
    const name = stackName(id, artifact);
    return [{
      name,
      template: JSON.parse(text) as Template,
      templateBytes: Buffer.byteLength(text),
      ...targetOf(artifact.environment),
      dependencies: (artifact.dependencies ?? []).flatMap(dependency => stackNames.get(dependency) ?? []),
      findAsset: objectKey => findAsset(assets, objectKey, name),
    }];
  });
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

function stackName(id: string, artifact: ManifestArtifact): string {
  return artifact.properties?.stackName ?? id;
}

function readAssets(directory: string, file: string, assets: Map<string, string>): void {
  for (const { source, destinations } of Object.values(readJson<AssetManifest>(join(directory, file)).files ?? {})) {
    // Without a path, a program makes the asset at deployment.
    if (source.path === undefined) continue;
    for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, resolve(directory, source.path));
  }
}

function findAsset(assets: Map<string, string>, objectKey: string, stack: string): string {
  const path = assets.get(objectKey);
  if (path === undefined) throw new Error(`no asset of stack ${stack} has the object key ${objectKey}, only: ${[...assets.keys()].join(', ')}`);
  return path;
}

function targetOf(environment = ''): { account?: string; region?: string } {
  const [account = 'unknown-account', region = 'unknown-region'] = environment.replace('aws://', '').split('/').filter(part => part !== '');
  return {
    ...(account !== 'unknown-account' && { account }),
    ...(region !== 'unknown-region' && { region }),
  };
}
