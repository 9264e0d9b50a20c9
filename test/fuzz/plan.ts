import { PROPERTIES, type PropertyName } from './properties';
import type { Task } from './task';

const DEFAULT_RUNS = 100_000;

/** So many parts has each generator's share, at least: the processors then end at about the same time. */
const MAX_RUNS_OF_TASK = 2_500;

/** What to run: `FUZZ_RUNS` cases, with the seed `FUZZ_SEED` if it is given, only of the generator `FUZZ_ONLY`, only the case `FUZZ_PATH`. */
export interface Plan {
  readonly seed: number;
  readonly tasks: readonly Task[];
}

export function makePlan({ FUZZ_RUNS, FUZZ_SEED, FUZZ_ONLY, FUZZ_PATH }: NodeJS.ProcessEnv): Plan {
  const seed = FUZZ_SEED === undefined ? Math.floor(Math.random() * 0x7fffffff) : readInteger('FUZZ_SEED', FUZZ_SEED);
  const runs = FUZZ_RUNS === undefined ? DEFAULT_RUNS : readInteger('FUZZ_RUNS', FUZZ_RUNS);
  const names = (Object.keys(PROPERTIES) as PropertyName[]).filter(name => FUZZ_ONLY === undefined || name === FUZZ_ONLY);
  if (runs < 1 || names.length === 0) throw new Error(`nothing to run: FUZZ_RUNS is ${runs}, FUZZ_ONLY one of ${Object.keys(PROPERTIES).join(', ')}`);
  if (FUZZ_PATH !== undefined) {
    if (names.length !== 1 || FUZZ_SEED === undefined) throw new Error('FUZZ_PATH needs FUZZ_ONLY and FUZZ_SEED');
    return { seed, tasks: [{ property: names[0], runs: 1, seed, path: FUZZ_PATH }] };
  }
  const total = names.reduce((sum, name) => sum + PROPERTIES[name].weight, 0);
  const tasks = names.flatMap(property => {
    const { heft = 1, weight } = PROPERTIES[property];
    return split(Math.ceil(runs * weight / total), heft).map(count => ({ property, runs: count }));
  });
  // Every task is made up of a seed of its own.
  return { seed, tasks: tasks.map((task, index) => ({ ...task, seed: (seed + 7_919 * index) % 0x7fffffff })) };
}

function split(runs: number, heft: number): number[] {
  const parts = Math.ceil(runs * heft / MAX_RUNS_OF_TASK);
  const before = (part: number) => Math.floor(runs * part / parts);
  return Array.from({ length: parts }, (_, part) => before(part + 1) - before(part)).filter(count => count > 0);
}

function readInteger(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`${name} must be an integer, got ${text}`);
  return value;
}
