// How long an app takes to synthesise, from the start of its process to its end.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../test/bindings/runner/commands.mjs';
import { benchmarkFile, PROJECT } from '../runner/processes.mjs';
import { inTurn, median, spread } from '../runner/sampling.mjs';

const APP = benchmarkFile('apps/synth.cjs');

/** By the names that the figures have: the kind of app, and how many of it. Without any, the modules are only required. */
const APPS = {
  modules: ['ours', 0],
  plainModules: ['plain', 0],
  empty: ['empty', 1],
  inline: ['inline', 1],
  plain: ['plain', 1],
  plainTen: ['plain', 10],
  plainHundred: ['plain', 100],
  byHand: ['byHand', 1],
  byHandHundred: ['byHand', 100],
  one: ['ours', 1],
  ten: ['ours', 10],
  hundred: ['ours', 100],
  entry: ['entry', 1],
  entryWithSdk: ['entryWithSdk', 1],
};

export const needs = [];

export async function measure(_prepared, { rounds, say, folder }) {
  const variants = Object.fromEntries(Object.entries(APPS).map(([name, [kind, count]]) => [name, () => synthesise(kind, count, folder)]));
  variants.bare = () => timed(['-e', ''], {});
  const samples = await inTurn(variants, rounds, (round, all) => say(`synth: round ${round} of ${all}`));
  const synth = Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, median(values)]));
  return {
    synth,
    synthPerFurther: {
      ours: (synth.hundred - synth.one) / 99,
      oursToTen: (synth.ten - synth.one) / 9,
      plain: (synth.plainHundred - synth.plain) / 99,
      byHand: (synth.byHandHundred - synth.byHand) / 99,
    },
    synthRatios: Object.fromEntries(['inline', 'plain', 'byHand', 'entry', 'entryWithSdk'].map(name => [name, synth.one / synth[name]])),
    synthDetails: Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, spread(values)])),
  };
}

/** Synthesises into a new folder: what an earlier synth left there would save the bundling. */
async function synthesise(kind, count, folder) {
  const outdir = mkdtempSync(join(folder, 'cdk.out-'));
  try {
    return await timed([APP, kind, String(count)], { CDK_OUTDIR: outdir, CDK_VALIDATION: 'false' });
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

async function timed(args, env) {
  const start = performance.now();
  await run(process.execPath, args, { cwd: PROJECT, env: { ...process.env, ...env } });
  return performance.now() - start;
}
