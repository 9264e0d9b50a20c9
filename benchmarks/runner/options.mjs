// What the command line asks for.
import { parseArgs } from 'node:util';

export const PARTS = ['coldStart', 'warm', 'synth', 'size', 'burst'];

export const USAGE = `node benchmarks/bench.mjs [option …]
  --json                    print one JSON object on standard output, and all else on standard error
  --only PART,…             measure only these: ${PARTS.join(', ')}
  --rounds N                rounds that count of each variant that is started in turn (15)
  --burst-repositories N    missing repositories of the burst (2000)
  --burst-concurrency N,…   how many executions at a time (1,10,100)
  --burst-rate N            calls that ECR takes a second of each action, before it throttles (100)
  --update-readme           put the tables into benchmarks/README.md; only with all parts`;

const OPTIONS = {
  'help': { type: 'boolean', default: false },
  'json': { type: 'boolean', default: false },
  'only': { type: 'string', default: PARTS.join() },
  'rounds': { type: 'string', default: '15' },
  'burst-repositories': { type: 'string', default: '2000' },
  'burst-concurrency': { type: 'string', default: '1,10,100' },
  'burst-rate': { type: 'string', default: '100' },
  'update-readme': { type: 'boolean', default: false },
};

export function readOptions(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const parts = values.only.split(',');
  for (const part of parts) {
    if (!PARTS.includes(part)) throw new Error(`--only must be of ${PARTS.join(', ')}, got '${part}'`);
  }
  if (values['update-readme'] && parts.length < PARTS.length) throw new Error('--update-readme must be without --only: the tables are of one run');
  return {
    help: values.help,
    json: values.json,
    updateReadme: values['update-readme'],
    parts: PARTS.filter(part => parts.includes(part)),
    rounds: count('rounds', values.rounds),
    burst: {
      repositories: count('burst-repositories', values['burst-repositories']),
      concurrencies: values['burst-concurrency'].split(',').map(value => count('burst-concurrency', value)),
      rate: count('burst-rate', values['burst-rate']),
    },
  };
}

function count(option, value) {
  if (!/^[1-9]\d*$/.test(value)) throw new Error(`--${option} must be a whole number from 1, got '${value}'`);
  return Number(value);
}
