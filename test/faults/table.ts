import { type CaseResult, type Times, TIMES } from './fault-case';
import { type ObstacleResult, REPOSITORIES } from './run-obstacle';

const ALL_TIMES = Object.keys(TIMES) as Times[];

const LEGEND = [
  `Each cell: the fault strikes ${ALL_TIMES.join(', ')}; fewer times where the call is not made again.`,
  'C: the repository was as it should be without anybody\'s help. R: the event was in the dead-letter queue, and a replay did the rest.',
  'F: FAILED. A dot: not tried.',
];

const HEADINGS = {
  'event': 'An event comes',
  'two events': 'Two events of one push come at once, one of which meets the fault',
  'redrive': 'A message is replayed, one at a time, between two others',
  'batch': 'Two messages are replayed in one batch with two others',
} as const;

/** All outcomes: a block for each way and situation, with a line for each fault and a column for each call. */
export function tableOf(results: readonly CaseResult[]): string {
  const blocks = groupBy(results, ({ case: { path, situation } }) => `${HEADINGS[path]}; ${situation.name}`);
  return [LEGEND.join('\n'), ...[...blocks].map(([heading, block]) => blockOf(heading, block))].join('\n\n');
}

function blockOf(heading: string, block: readonly CaseResult[]): string {
  const calls = [...new Set(block.map(({ case: { call } }) => call.action))];
  const rows = [...groupBy(block, ({ case: { fault } }) => fault.name)].map(([fault, results]) => [
    fault, ...calls.map(action => cellOf(results.filter(({ case: { call } }) => call.action === action))),
  ]);
  return `${heading}\n${align([['', ...calls], ...rows])}`;
}

function cellOf(results: readonly CaseResult[]): string {
  if (results.length === 0) return '';
  return ALL_TIMES.map(times => {
    const result = results.find(({ case: tried }) => tried.times === times);
    if (result === undefined) return '.';
    if (result.problems.length > 0) return 'F';
    return result.survival === 'at once' ? 'C' : 'R';
  }).join(' ');
}

/** What became of events that could not be delivered. */
export function obstacleTableOf(results: readonly ObstacleResult[]): string {
  const rows = results.map(({ created, deadLetters, events, name, problems }) => [
    name, `${deadLetters} of ${events}`, `${created} of ${REPOSITORIES.length}`, problems.length === 0 ? '' : 'FAILED',
  ]);
  return `Events cannot be delivered\n${align([['', 'events in the queue', 'repositories created by redrive', ''], ...rows])}`;
}

function align(rows: readonly string[][]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)));
  return rows.map(row => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd()).join('\n');
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...groups.get(keyOf(item)) ?? [], item]);
  return groups;
}
