// Bundles the Lambda handler with its AWS SDK client into assets/handler, which the package ships.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { leanSdk, leanSdkOptions } from './lean-sdk.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outfile = join(root, 'assets', 'handler', 'index.js');

const result = await build({
  absWorkingDir: root,
  entryPoints: ['src/handler/index.ts'],
  outfile,
  bundle: true,
  minify: true,
  platform: 'node',
  // The oldest runtime that EcrAutoCreate accepts; CommonJS starts faster there than an ES module (it spares undici).
  target: 'node20',
  format: 'cjs',
  // The SDK's ES modules can be tree-shaken, its CommonJS builds cannot.
  mainFields: ['module', 'main'],
  legalComments: 'none',
  ...leanSdkOptions,
  plugins: [leanSdk()],
  logLevel: 'warning',
  write: false,
});

// Written only when it changed: concurrent readers never see half a file, and asset hashes stay.
const bundle = Buffer.from(result.outputFiles[0].contents);
const previous = await readFile(outfile).catch(() => undefined);
if (!previous?.equals(bundle)) {
  await mkdir(dirname(outfile), { recursive: true });
  await writeFile(outfile, bundle);
}
// Not to stdout, which belongs to what runs after it.
process.stderr.write(`assets/handler/index.js: ${bundle.length} bytes\n`);
