import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who judges: `npm run judge:<name>`. */
export type JudgeName = 'clients' | 'events' | 'lambda' | 'ecr' | 'templates' | 'iam';

/** Where the sums are left for who runs several judges. */
export const VERDICTS = join(__dirname, '..', '..', 'test-reports', 'judges');

/** What a judge leaves. */
export interface VerdictRecord {
  readonly judge: JudgeName;
  readonly counts: Readonly<Record<string, number>>;
  readonly disagreements: readonly string[];
}

/** Counts what a judge has judged, and collects where it disagrees with us. */
export class Verdict {
  private readonly counts = new Map<string, number>();
  private readonly disagreements: string[] = [];

  /** Announces something that must be judged: judging none of it is a disagreement. */
  expect(...what: string[]): void {
    for (const each of what) this.count(each, 0);
  }

  /** Adds to a count, e.g. `events judged`. */
  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  /** Something that is not as it should be. */
  disagree(what: string): void {
    this.disagreements.push(what);
  }

  /** Counts one thing judged, and whether the judge agrees. */
  check(what: string, agrees: boolean, describe: () => string): void {
    this.count(what);
    if (!agrees) this.disagree(describe());
  }

  record(judge: JudgeName): VerdictRecord {
    const unjudged = [...this.counts].filter(([, count]) => count === 0).map(([what]) => `nothing was counted as: ${what}`);
    return { judge, counts: Object.fromEntries(this.counts), disagreements: [...this.disagreements, ...unjudged] };
  }
}

/** The line that sums a judge up. */
export function summaryOf({ judge, counts, disagreements }: VerdictRecord): string {
  const sums = Object.entries(counts).map(([what, count]) => `${count.toLocaleString('en')} ${what}`);
  return `judge:${judge.padEnd(10)} ${[...sums, `${disagreements.length} disagreements`].join(', ')}`;
}

const MAX_SHOWN = 50;

/** Runs a judge, prints what it says on standard error, and fails the process on a disagreement. */
export async function runJudge(judge: JudgeName, body: (verdict: Verdict) => Promise<void>): Promise<void> {
  const verdict = new Verdict();
  try {
    await body(verdict);
  } catch (error) {
    verdict.disagree(`it could not judge: ${error instanceof Error ? error.stack : String(error)}`);
  }
  const record = verdict.record(judge);
  mkdirSync(VERDICTS, { recursive: true });
  writeFileSync(join(VERDICTS, `${judge}.json`), `${JSON.stringify(record, undefined, 2)}\n`);
  const { disagreements } = record;
  for (const disagreement of disagreements.slice(0, MAX_SHOWN)) console.error(`DISAGREEMENT: ${disagreement}`);
  if (disagreements.length > MAX_SHOWN) console.error(`… and ${disagreements.length - MAX_SHOWN} more`);
  console.error(summaryOf(record));
  if (disagreements.length > 0) process.exitCode = 1;
}
