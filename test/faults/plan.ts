import { type Fault, faultsOf } from './fault';
import { type FaultCase, isAnswer, type Times, TIMES } from './fault-case';
import type { HandlerCall } from './handler-calls';
import type { Situation } from './situation';

const ALL_TIMES = Object.keys(TIMES) as Times[];

/** The SDK tries again after this one, and not after the exceptions that say that the request is wrong. */
const TRIED_AGAIN = 'ThrottlingException';

/**
 * Every call with each of its faults: once, twice and for ever in the first situation that leads to the call; for ever in every other one,
 * with two events at once, and in messages of the dead-letter queue.
 *
 * What the handler waits seconds for lasts for ever in the first situation only, and elsewhere strikes once. Of the exceptions that are not
 * told apart, the first stands for all elsewhere.
 */
export function planCases(calls: readonly HandlerCall[], situations: readonly Situation[]): FaultCase[] {
  return calls.flatMap(call => {
    const [home, ...others] = situations.filter(({ actions }) => actions.includes(call.action)).map(situation => ({ situation, call }));
    if (home as typeof home | undefined === undefined) return [];
    const faults = faultsOf(call);
    return [
      ...faults.flatMap(fault => ALL_TIMES.map((times): FaultCase => ({ ...home, fault, path: 'event', times }))),
      ...distinct(call, faults).flatMap((fault): FaultCase[] => {
        const lasting = fault.waits === undefined ? 'for ever' : 'once';
        return [
          ...others.map((other): FaultCase => ({ ...other, fault, path: 'event', times: lasting })),
          ...[...new Set<Times>(['once', lasting])].map((times): FaultCase => ({ ...home, fault, path: 'two events', times })),
          { ...home, fault, path: 'redrive', times: lasting },
          { ...home, fault, path: 'batch', times: lasting },
        ];
      }),
    ];
  });
}

function distinct(call: HandlerCall, faults: readonly Fault[]): Fault[] {
  const isAnOther = (fault: Fault) => fault.isException === true && fault.name !== TRIED_AGAIN && !isAnswer({ call, fault });
  const first = faults.find(isAnOther);
  return faults.filter(fault => fault === first || !isAnOther(fault));
}

/** What is wrong with the plan itself: a call that is made in none of the situations is not tested. */
export function planProblems(calls: readonly HandlerCall[], situations: readonly Situation[]): string[] {
  const actions = new Set(situations.flatMap(situation => situation.actions));
  return [
    ...calls.filter(({ action }) => !actions.has(action)).map(({ action }) => `the handler can call ${action}, and does so in none of the situations`),
    ...[...actions].filter(made => calls.every(({ action }) => action !== made)).map(made => `the handler calls ${made}, which its sources do not import`),
  ];
}
