// Puts the tables of a run into the README.
import { readFileSync, writeFileSync } from 'node:fs';
import { benchmarkFile } from './processes.mjs';

const README = benchmarkFile('README.md');
const TABLES = /(<!-- tables -->\n)[^]*(<!-- end of the tables -->)/;

export function updateReadme(tables) {
  const text = readFileSync(README, 'utf8');
  if (!TABLES.test(text)) throw new Error('benchmarks/README.md must have the marks between which the tables are');
  writeFileSync(README, text.replace(TABLES, (_all, start, end) => `${start}\n${tables}\n\n${end}`));
}
