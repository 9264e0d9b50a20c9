import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JudgeName, summaryOf, VERDICTS, type VerdictRecord } from './verdict';

/** The quick ones first. */
export const JUDGES: readonly JudgeName[] = ['iam', 'events', 'templates', 'ecr', 'lambda', 'clients'];

/** A line for each judge, from its last run. */
export function summary(): string {
  return JUDGES.map(judge => {
    const file = join(VERDICTS, `${judge}.json`);
    return existsSync(file) ? summaryOf(JSON.parse(readFileSync(file, 'utf8')) as VerdictRecord) : `judge:${judge} has not run`;
  }).join('\n');
}

if (require.main === module) console.log(summary());
