// What is compared of a cloud assembly.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const STACK = 'Platform';
const ANNOTATIONS = ['aws:cdk:info', 'aws:cdk:warning', 'aws:cdk:error'];

/** The template, the assets with their content, and what the constructs have to say. */
export function readAssembly(folder) {
  const read = file => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const assets = read(`${STACK}.assets.json`);
  return {
    template: read(`${STACK}.template.json`),
    assets: {
      manifest: assets,
      content: Object.fromEntries(Object.values(assets.files).map(({ source }) => [source.path, contentOf(join(folder, source.path))])),
    },
    annotations: annotationsOf(read('manifest.json').artifacts[STACK].metadata),
  };
}

/** How often each type of resource is in the template. */
export function resourceCounts({ Resources }) {
  const counts = {};
  for (const { Type } of Object.values(Resources)) counts[Type] = (counts[Type] ?? 0) + 1;
  return counts;
}

/** Hashes by path: a file's own is at ''. */
function contentOf(path) {
  const files = statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).map(entry => join(entry.parentPath ?? entry.path, entry.name))
    : [path];
  return Object.fromEntries(files.map(file => [relative(path, file), createHash('sha256').update(readFileSync(file)).digest('hex')]));
}

/** Without the stack traces, which lead through the language's runtime. */
function annotationsOf(metadata) {
  return Object.entries(metadata).flatMap(([path, entries]) =>
    entries.filter(({ type }) => ANNOTATIONS.includes(type)).map(({ type, data }) => `${path}: ${type}: ${data}`)).sort();
}
