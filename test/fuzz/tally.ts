/** What a line or a throw is counted as. */
export type Counted = 'created' | 'completed' | 'exists' | 'rejected' | 'failed' | 'kept';

export const COUNTED: readonly Counted[] = ['created', 'completed', 'exists', 'rejected', 'failed', 'kept'];

/** What the cases of a generator came to. */
export interface Tally {
  /** Generated inputs: an event, or a batch. */
  cases: number;
  /** How often the handler came to that; `failed` is what it threw as it should, or left in the queue for that. */
  readonly outcomes: Record<string, number>;
  /** Why it refused. */
  readonly reasons: Record<string, number>;
}

export function emptyTally(): Tally {
  return { cases: 0, outcomes: {}, reasons: {} };
}

export function count(counts: Record<string, number>, key: string, by = 1): void {
  counts[key] = (counts[key] ?? 0) + by;
}

export function addTally(sum: Tally, { cases, outcomes, reasons }: Tally): void {
  sum.cases += cases;
  for (const [key, by] of Object.entries(outcomes)) count(sum.outcomes, key, by);
  for (const [key, by] of Object.entries(reasons)) count(sum.reasons, key, by);
}
