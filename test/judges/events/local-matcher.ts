import { eventMatcher, type EventMatcher } from '../../local-aws/event-pattern';
import { isObject, type JsonObject } from '../../local-aws/json';
import type { Verdict } from '../verdict';
import { type Answer, askEventRuler, type Question } from './event-ruler';
import { type GeneratedCase, generateCases } from './generated-patterns';
import { singleValued } from './single-values';

/** A pair on which the local matcher and event-ruler differ. */
interface Difference {
  readonly pattern: JsonObject;
  readonly event: JsonObject;
  readonly local: boolean;
}

/** Whether event-ruler's two algorithms, and its answers to a pattern's parts, are of one mind. */
const CONTRADICTIONS = 'pairs on which event-ruler contradicts itself';

/**
 * Judges the local matcher on generated patterns and events.
 *
 * Where event-ruler says something else of a whole pattern than of its parts, or with its one algorithm than with the other, it is no judge:
 * such pairs are counted, and the parts decide.
 */
export async function judgeLocalMatcher(verdict: Verdict, seed: number, count: number): Promise<void> {
  verdict.expect('generated patterns', 'generated patterns refused', 'generated pairs that match', 'generated pairs that do not match');
  verdict.count(CONTRADICTIONS, 0);
  const cases = generateCases(seed, count);
  const answers = await askEventRuler(cases.map(toQuestion));
  const differences = cases.flatMap((generated, index) => compare(verdict, generated, answers[index]));
  await settle(verdict, differences);
}

function toQuestion({ pattern, events }: GeneratedCase): Question {
  return { patterns: [JSON.stringify(pattern)], events: events.map(event => JSON.stringify(event)) };
}

/** @returns the pairs on which they differ */
function compare(verdict: Verdict, { events, pattern }: GeneratedCase, { rulings: [ruling] }: Answer): Difference[] {
  const { matcher, error } = read(pattern);
  verdict.check('generated patterns', (matcher === undefined) === (ruling.invalid !== null), () =>
    `${JSON.stringify(pattern)}: event-ruler says ${ruling.invalid ?? 'it is valid'}, the local matcher ${error ?? 'takes it'}`);
  if (matcher === undefined || ruling.matches === undefined) {
    verdict.count('generated patterns refused');
    return [];
  }
  return events.flatMap((event, index) => {
    const local = matcher(event);
    verdict.count(`generated pairs that ${local ? 'match' : 'do not match'}`);
    const opinions = [ruling.matches, ruling.stepwise].map(matches => matches?.includes(index));
    return opinions.some(opinion => opinion !== local) && isObject(pattern) ? [{ pattern, event, local }] : [];
  });
}

function read(pattern: unknown): { matcher?: EventMatcher; error?: string } {
  try {
    return { matcher: eventMatcher(pattern) };
  } catch (error) {
    return { error: String(error) };
  }
}

/** Asks for the parts of each pattern. */
async function settle(verdict: Verdict, differences: readonly Difference[]): Promise<void> {
  if (differences.length === 0) return;
  const answers = await askEventRuler(differences.map(({ event, pattern }) => ({
    patterns: singleValued(pattern).map(piece => JSON.stringify(piece)), events: [JSON.stringify(event)],
  })));
  differences.forEach(({ event, local, pattern }, index) => {
    const { rulings } = answers[index];
    const opinions = (['matches', 'stepwise'] as const).map(algorithm => rulings.some(ruling => ruling[algorithm]?.includes(0)));
    if (opinions.some(opinion => opinion === local)) verdict.count(CONTRADICTIONS);
    else verdict.disagree(`${JSON.stringify(pattern)}, ${JSON.stringify(event)}: event-ruler ${says(!local)}, the local matcher ${says(local)}`);
  });
}

function says(matches: boolean): string {
  return `says that it ${matches ? 'matches' : 'does not match'}`;
}
