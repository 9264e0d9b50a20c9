import { eventMatcher } from '../../local-aws/event-pattern';
import type { JsonObject } from '../../local-aws/json';
import { QUOTAS } from '../../local-aws/quotas';
import type { Verdict } from '../verdict';
import { type Purpose, shouldMatch } from './contract';
import { eventCorpus } from './corpus';
import { type Answer, askEventRuler, type Question } from './event-ruler';
import { loosened } from './loosened-patterns';
import type { DeployedRules, JudgedRule } from './rules';

const MAX_SHOWN_EVENT = 1_500;

/** Rules with the events that they are judged on, and like them, rules that lack something. */
interface Bench extends DeployedRules {
  readonly events: readonly JsonObject[];
  readonly loosenedRules: readonly LoosenedRule[];
}

type LoosenedRule = Required<JudgedRule>;

/** Judges the rules by event-ruler, by the local matcher and by the contract, which all have to say the same of every event. */
export async function judgeSynthesizedPatterns(
  verdict: Verdict, groups: readonly DeployedRules[], seed: number, randomEvents: number,
): Promise<void> {
  verdict.expect('patterns', 'events', 'pairs judged', 'pairs that match', 'loosened patterns found out');
  const benches = groups.filter(({ rules }) => rules.length > 0).map(({ environment, rules }): Bench => {
    const events = eventCorpus({ environment, ...namesIn(rules), seed, randomEvents });
    verdict.count('events', events.length);
    return { environment, rules, events, loosenedRules: loosenedRules(rules) };
  });
  const answers = await askEventRuler(benches.map(toQuestion));
  benches.forEach((bench, index) => {
    judge(verdict, bench, answers[index]);
    judgeLoosened(verdict, bench, answers[index]);
  });
}

/** Of long lists, the ends are enough: what is between is like them. */
function namesIn(rules: readonly JudgedRule[]): { prefixes: string[]; creators: string[] } {
  const prefixes = new Set<string>();
  const creators = new Set<string>();
  for (const { purpose } of rules) {
    if (purpose?.of === 'failed pushes') [...purpose.allowedPrefixes?.slice(0, 3) ?? [], ...purpose.allowedPrefixes?.slice(-1) ?? []].forEach(each => prefixes.add(each));
    else purpose?.creators.forEach(each => creators.add(each));
  }
  return { prefixes: [...prefixes], creators: creators.size > 0 ? [...creators] : ['arn:aws:iam::123456789012:role/creator'] };
}

function toQuestion({ events, loosenedRules: others, rules }: Bench): Question {
  return { patterns: [...rules, ...others].map(({ pattern }) => JSON.stringify(pattern)), events: events.map(event => JSON.stringify(event)) };
}

function judge(verdict: Verdict, { environment, events, rules }: Bench, { rulings, together }: Answer): void {
  const matching = together.map(indices => new Set(indices));
  rules.forEach(({ name, pattern, purpose }, rule) => {
    const { complexity, invalid, invalidWithoutOr, matches, stepwise } = rulings[rule];
    verdict.check('patterns', invalid === null && invalidWithoutOr === null, () => `${name}: event-ruler refuses the pattern: ${invalid ?? invalidWithoutOr}`);
    const length = JSON.stringify(pattern).length;
    if (length > QUOTAS.eventPatternCharacters) verdict.disagree(`${name}: the pattern has ${length} characters`);
    if (complexity !== 0) verdict.disagree(`${name}: the pattern has wildcards, or what is as costly: its complexity is ${complexity}`);
    if (purpose === undefined) verdict.disagree(`${name}: it is not known what this rule is for`);
    if (purpose === undefined || matches === undefined) return;
    const matcher = eventMatcher(pattern);
    const [structured, steps] = [new Set(matches), new Set(stepwise)];
    if (structured.size === 0 || structured.size === events.length) verdict.disagree(`${name}: of ${events.length} events, ${structured.size} match`);
    events.forEach((event, index) => {
      const opinions = {
        'the contract': shouldMatch(purpose, environment, event),
        'event-ruler': structured.has(index),
        'its older algorithm': steps.has(index),
        'event-ruler with all rules at once': matching[index].has(rule),
        'the local matcher': matcher(event),
      };
      if (structured.has(index)) verdict.count('pairs that match');
      verdict.check('pairs judged', new Set(Object.values(opinions)).size === 1, () =>
        `${name}, ${JSON.stringify(event).slice(0, MAX_SHOWN_EVENT)}: ${JSON.stringify(opinions)}`);
    });
  });
}

/** The patterns of each kind of rule with something left out: if no event tells, the corpus is too poor. */
function loosenedRules(rules: readonly JudgedRule[]): LoosenedRule[] {
  const kinds = new Map<string, LoosenedRule>();
  for (const { name, pattern, purpose } of rules) {
    if (purpose !== undefined && !kinds.has(kindOf(purpose))) kinds.set(kindOf(purpose), { name, pattern, purpose });
  }
  return [...kinds.values()].flatMap(({ name, pattern, purpose }) =>
    loosened(pattern).map(each => ({ name: `${name} without ${each.without}`, pattern: each.pattern, purpose })));
}

function kindOf(purpose: Purpose): string {
  const limited = purpose.of === 'failed pushes' ? purpose.allowedPrefixes !== undefined : purpose.namePrefix !== undefined;
  return `${purpose.of}, ${limited ? 'of some names' : 'of every name'}`;
}

function judgeLoosened(verdict: Verdict, { environment, events, loosenedRules: others, rules }: Bench, { rulings }: Answer): void {
  others.forEach(({ name, purpose }, index) => {
    const matches = new Set(rulings[rules.length + index].matches);
    const isFoundOut = events.some((event, position) => shouldMatch(purpose, environment, event) !== matches.has(position));
    verdict.check('loosened patterns found out', isFoundOut, () => `${name}: no event of the corpus tells that this is not the pattern`);
  });
}
