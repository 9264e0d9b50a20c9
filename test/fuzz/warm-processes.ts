import * as fc from 'fast-check';
import { checkEvent, type Subject } from './check-case';
import { judge, type Policy } from './contract';
import { demand, show } from './disagreement';
import type { HandlerUnderTest } from './handler-under-test';
import { plainIdentity } from './identities';
import { ModelledEcr } from './modelled-ecr';
import { isNameOfEcr } from './name-grammar';
import { plainName } from './names';
import { policy } from './policies';
import { pushEvent } from './push-events';
import type { Tally } from './tally';

/** Something that happens, a while after what was before. */
type Step = { readonly after: number } & (
  // Refused if there is no such repository: an event of it is under way then.
  | { readonly kind: 'push'; readonly name: number; readonly identity: unknown }
  // One of the events on the way, to one of the processes.
  | { readonly kind: 'deliver'; readonly event: number; readonly process: number }
  | { readonly kind: 'delete'; readonly name: number }
);

/** Events of some names, late and out of order, to processes that remember what they created. */
export interface WarmCase {
  readonly policy: Policy;
  readonly names: readonly string[];
  readonly steps: readonly Step[];
}

const PERSON = 'arn:aws:iam::123456789012:user/somebody';
const PROCESSES = 2;
const START = Date.UTC(2026, 10, 2, 9, 14, 31);

const index = fc.nat(5);
/** Mostly so little that several things happen in one second. */
const after = fc.oneof(
  { weight: 5, arbitrary: fc.nat(300) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 998, 999, 1_000, 1_001) },
  { weight: 1, arbitrary: fc.nat(2_500) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('push' as const), after, name: index, identity: plainIdentity }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('deliver' as const), after, event: index, process: index }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), after, name: index }) },
);

export const warmCases: fc.Arbitrary<WarmCase> = fc.record({
  policy: policy.map(each => ({ ...each, allowedPrincipals: undefined })),
  names: fc.array(plainName, { minLength: 1, maxLength: 2 }),
  steps: fc.array(step, { minLength: 3, maxLength: 14 }),
}).map(given => ({ ...given, names: given.names.map(name => name(given.policy)) }));

/**
 * Every step is judged as any event is, and in the end nobody waits in vain: a name to which a push was refused after its last deletion has its
 * repository.
 */
export async function checkWarmCase(handler: HandlerUnderTest, { policy: rules, names, steps }: WarmCase, tally: Tally): Promise<void> {
  let now = START;
  const model = new ModelledEcr(rules, undefined, () => now);
  const processes: Subject[] = Array.from({ length: PROCESSES }, () => {
    const entry = handler.start(rules, model.client);
    return { policy: rules, model, start: () => entry, outlives: true };
  });
  const underWay: unknown[] = [];
  const waiting = new Set<string>();
  const deliver = async (event: number, process: number) => {
    const [delivered] = underWay.splice(event % underWay.length, 1);
    model.forgetCalls();
    await checkEvent(processes[process % PROCESSES], delivered, tally);
  };
  for (const each of steps) {
    now += each.after;
    if (each.kind === 'deliver') {
      if (underWay.length > 0) await deliver(each.event, each.process);
      continue;
    }
    const name = names[each.name % names.length];
    const exists = model.ecr.repositories.has(name);
    if (each.kind === 'push' && !exists && isNameOfEcr(name)) {
      // CloudTrail has no fractions of a second.
      const eventTime = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
      underWay.push(JSON.parse(JSON.stringify(pushEvent(rules, name, each.identity, { eventTime }))));
      waiting.add(name);
    }
    if (each.kind === 'delete' && exists) {
      model.ecr.call('DeleteRepository', { repositoryName: name }, PERSON);
      waiting.delete(name);
    }
  }
  for (let turn = 0; underWay.length > 0; turn++) await deliver(turn * 3, turn);
  for (const name of waiting) {
    const allowed = judge(pushEvent(rules, name, null), rules).violations.size === 0;
    demand('completeness', !allowed || model.ecr.repositories.has(name), () => `${show(name)} was pushed to after its deletion, and is not there`);
  }
}
