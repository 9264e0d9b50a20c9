import { PROPERTIES, type PropertyName } from './properties';
import { addTally, COUNTED, emptyTally, type Tally } from './tally';
import type { TaskResult } from './task';

/** Fewer cases need not meet every reason. */
const ENOUGH_FOR_ALL_REASONS = 10_000;

const REASONS = [
  'NotAFailedPush', 'OtherAccount', 'OtherRegion', 'OtherRegistry', 'InvalidName', 'NotAllowedPrefix', 'DeniedPrefix', 'NotAllowedPrincipal',
];

/** What all tasks came to. */
export class Report {
  private readonly tallies = new Map<PropertyName, Tally>((Object.keys(PROPERTIES) as PropertyName[]).map(name => [name, emptyTally()]));
  private readonly failed = new Map<PropertyName, string[]>();

  add({ task, tally, failure }: TaskResult): void {
    addTally(this.tallies.get(task.property)!, tally);
    if (failure !== undefined) this.failed.set(task.property, [...this.failed.get(task.property) ?? [], failure]);
  }

  /** The cases that failed. */
  get failures(): readonly string[] {
    return [...this.failed.values()].flat();
  }

  /** Of each generator, one failure: the others are often the same. */
  get examples(): readonly string[] {
    return [...this.failed.values()].map(([first, ...more]) => more.length === 0 ? first : `${first}\n(and ${more.length} more by this generator)`);
  }

  get passed(): number {
    return this.sum().cases;
  }

  /** Generators that made too little of what matters. */
  get shortages(): string[] {
    const short = [...this.tallies].flatMap(([name, { cases, outcomes }]) => Object.entries(PROPERTIES[name].atLeast)
      .filter(([outcome, percent]) => isShort(outcomes[outcome] ?? 0, cases * percent / 100))
      .map(([outcome, percent]) => `${name}: ${cases} cases came to ${outcome} ${outcomes[outcome] ?? 0} times, and should ${percent} times in a hundred`));
    const { cases, reasons } = this.sum();
    const isSmall = cases < ENOUGH_FOR_ALL_REASONS || [...this.tallies.values()].some(tally => tally.cases === 0);
    const unseen = isSmall ? [] : REASONS.filter(reason => !Object.hasOwn(reasons, reason));
    return [...short, ...unseen.map(reason => `nothing was rejected for ${reason}`)];
  }

  get lines(): string[] {
    const total = this.sum();
    const row = (name: string, cells: (string | number)[]) => `${name.padEnd(20)}${cells.map(cell => String(cell).padStart(11)).join('')}`;
    const cells = ({ cases, outcomes }: Tally) => [cases, ...COUNTED.map(outcome => outcomes[outcome] ?? 0)];
    return [
      row('generator', ['cases', ...COUNTED.map(outcome => outcome === 'failed' ? 'thrown' : outcome)]),
      ...[...this.tallies].map(([name, tally]) => row(name, cells(tally))),
      row('all', cells(total)),
      `rejected for ${REASONS.map(reason => `${reason} ${total.reasons[reason] ?? 0}`).join(', ')}`,
      'thrown: as intended, for an error of ECR; in a batch, the message is left in the queue',
    ];
  }

  private sum(): Tally {
    const sum = emptyTally();
    for (const tally of this.tallies.values()) addTally(sum, tally);
    return sum;
  }
}

/** Whether that is less than expected, and by more than chance makes it: four times the deviation of a count. */
function isShort(actual: number, expected: number): boolean {
  return actual < expected - 4 * Math.sqrt(expected);
}
