// Measures what users feel: how soon a repository exists, what the construct costs at synth, what it weighs, and whether a burst is survived.
//
//   node benchmarks/bench.mjs [--help]
//
// Needs a compiled project with its bundle, npm, and Python 3 with venv. What it compares with is installed into node_modules/.cache.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../test/bindings/runner/commands.mjs';
import * as burst from './parts/burst.mjs';
import * as coldStart from './parts/cold-start.mjs';
import * as size from './parts/size.mjs';
import * as synth from './parts/synth.mjs';
import * as warm from './parts/warm.mjs';
import { readOptions, USAGE } from './runner/options.mjs';
import { PROJECT, typeScript } from './runner/processes.mjs';
import { updateReadme } from './runner/readme.mjs';
import { rounded } from './runner/sampling.mjs';
import { tables } from './runner/tables.mjs';

const MODULES = { coldStart, warm, synth, size, burst };
const COMPILED = ['lib/index.js', 'assets/handler/index.js'];
const REPORT = join(PROJECT, 'test-reports', 'bench.json');

let options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error.message}\n\n${USAGE}\n`);
  process.exitCode = 1;
}
if (options?.help) process.stdout.write(`${USAGE}\n`);
else if (options !== undefined) await main();

async function main() {
  for (const path of COMPILED) {
    if (!existsSync(join(PROJECT, path))) throw new Error(`${path} must be there: run \`npx projen compile\` first`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  // A signal would end the process without 'exit': the folder would stay.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

  const say = text => process.stderr.write(`${text}\n`);
  const failures = [];
  const start = performance.now();
  const loadBefore = loadavg()[0];
  const prepared = await prepare(folder, say);
  const results = {};
  for (const part of options.parts) {
    Object.assign(results, await MODULES[part].measure(prepared, { ...options, folder, say, fail: failure => failures.push(failure) }));
  }
  const report = rounded({
    machine: machine(prepared, loadBefore, (performance.now() - start) / 1_000),
    ...results,
    ...(failures.length > 0 && { failures }),
  });

  mkdirSync(join(PROJECT, 'test-reports'), { recursive: true });
  writeFileSync(REPORT, `${JSON.stringify(report, undefined, 2)}\n`);
  (options.json ? process.stderr : process.stdout).write(`\n${tables(report)}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  if (options.updateReadme) updateReadme(tables(report));
  for (const failure of failures) say(`FAILED: ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
}

/** What the parts need, made once. */
async function prepare(folder, say) {
  const needs = [...new Set(options.parts.flatMap(part => MODULES[part].needs))];
  if (needs.length === 0) return {};
  say(`preparing: ${needs.join(', ')}`);
  return JSON.parse(await run(process.execPath, [...typeScript('preparation/prepare.ts'), folder, ...needs], { cwd: PROJECT }));
}

function machine({ nodes, python, sdk }, loadBefore, seconds) {
  return {
    processors: availableParallelism(),
    model: cpus()[0]?.model,
    platform: `${process.platform} ${process.arch}`,
    // Others' work that runs beside makes every figure larger, and not all by the same factor.
    loadBefore,
    loadAfter: loadavg()[0],
    seconds,
    rounds: options.rounds,
    synthWith: process.version,
    ...(nodes && Object.fromEntries(Object.entries(nodes).map(([name, { version }]) => [name, version]))),
    ...(python && { python: python.version, boto3: python.boto3 }),
    ...(sdk && { externalSdk: sdk.version }),
  };
}
