import '../../setup/environment';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJudge } from '../verdict';
import { judgeLocalMatcher } from './local-matcher';
import { rulesOfApps, rulesOfExamples } from './rules';
import { judgeSynthesizedPatterns } from './synthesized-patterns';

/** Another one may be given as the first argument. */
const SEED = Number(process.argv[2] ?? 20_251_125);
const RANDOM_EVENTS = 250;
const GENERATED_PATTERNS = 4_000;

void runJudge('events', async verdict => {
  console.error(`seed ${SEED}`);
  const directory = mkdtempSync(join(tmpdir(), 'judge-events-'));
  try {
    const rules = [...rulesOfApps(directory), ...await rulesOfExamples(directory)];
    await judgeSynthesizedPatterns(verdict, rules, SEED, RANDOM_EVENTS);
  } finally {
    rmSync(directory, { recursive: true });
  }
  await judgeLocalMatcher(verdict, SEED, GENERATED_PATTERNS);
});
