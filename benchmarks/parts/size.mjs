// How much there is of everything.
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { need, run } from '../../test/bindings/runner/commands.mjs';
import { benchmarkFile, PROJECT } from '../runner/processes.mjs';

export const needs = [];

export async function measure(_prepared, { folder, say }) {
  say('size');
  const bundle = readFileSync(join(PROJECT, 'assets', 'handler', 'index.js'));
  const [packed] = JSON.parse(await run(need('npm'), ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: PROJECT }));
  const { dependencies = {} } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  // They would be installed, and not be counted.
  if (Object.keys(dependencies).length > 0) throw new Error(`the package must have no dependencies, got ${Object.keys(dependencies).join(', ')}`);
  return {
    size: {
      bundleBytes: bundle.length,
      bundleGzipBytes: gzipSync(bundle, { level: 9 }).length,
      tarballBytes: packed.size,
      installedBytes: packed.unpackedSize,
      installedFiles: packed.entryCount,
      resources: Object.fromEntries(await Promise.all(['ours', 'byHand', 'plain'].map(async kind => [kind, await resourcesOf(kind, folder)]))),
    },
  };
}

/** How many resources one of the kind makes, by their types. */
async function resourcesOf(kind, folder) {
  const outdir = mkdtempSync(join(folder, 'cdk.out-'));
  await run(process.execPath, [benchmarkFile('apps/synth.cjs'), kind, '1'], {
    cwd: PROJECT, env: { ...process.env, CDK_OUTDIR: outdir, CDK_VALIDATION: 'false' },
  });
  const templates = readdirSync(outdir).filter(file => file.endsWith('.template.json'));
  const counts = {};
  for (const template of templates) {
    for (const { Type } of Object.values(JSON.parse(readFileSync(join(outdir, template), 'utf8')).Resources)) counts[Type] = (counts[Type] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));
}
