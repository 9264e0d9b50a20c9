import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { changeSource, HANDLER_SOURCE, type SourceChange } from '../mutations/source-change';

/** Bundles the handler with a change in its source, into a file. The sources stay as they are. */
export async function bundleMutated(change: SourceChange, outfile: string): Promise<void> {
  await build({
    entryPoints: [join(HANDLER_SOURCE, 'index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    plugins: [changing(change)],
  });
}

function changing(change: SourceChange): Plugin {
  return {
    name: 'source change',
    setup: ({ onLoad }) => onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (dirname(path) !== HANDLER_SOURCE || basename(path) !== change.file) return undefined;
      return { contents: changeSource(await readFile(path, 'utf8'), change), loader: 'ts' };
    }),
  };
}
