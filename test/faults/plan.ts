import { faultsOf } from './fault';
import { type FaultCase, type Times, TIMES } from './fault-case';
import type { HandlerCall } from './handler-calls';
import type { Situation } from './situation';

const ALL_TIMES = Object.keys(TIMES) as Times[];

/**
 * Every call with each of its faults: once, twice and for ever in the first situation that leads to the call; for ever in every other one,
 * with two events at once, and in messages of the dead-letter queue.
 *
 * What the handler waits seconds for lasts for ever in the first situation only, and elsewhere strikes once.
 */
export function planCases(calls: readonly HandlerCall[], situations: readonly Situation[]): FaultCase[] {
  return calls.flatMap(call => faultsOf(call).flatMap(fault => {
    const lasting = fault.waits === undefined ? 'for ever' : 'once';
    const [home, ...others] = situations.filter(({ actions }) => actions.includes(call.action)).map(situation => ({ situation, call, fault }));
    return home as typeof home | undefined === undefined ? [] : [
      ...ALL_TIMES.map((times): FaultCase => ({ ...home, path: 'event', times })),
      ...others.map((other): FaultCase => ({ ...other, path: 'event', times: lasting })),
      ...[...new Set<Times>(['once', lasting])].map((times): FaultCase => ({ ...home, path: 'two events', times })),
      { ...home, path: 'redrive', times: lasting },
      { ...home, path: 'batch', times: lasting },
    ] satisfies FaultCase[];
  }));
}

/** What is wrong with the plan itself: a call that is made in none of the situations is not tested. */
export function planProblems(calls: readonly HandlerCall[], situations: readonly Situation[]): string[] {
  const actions = new Set(situations.flatMap(situation => situation.actions));
  return [
    ...calls.filter(({ action }) => !actions.has(action)).map(({ action }) => `the handler can call ${action}, and does so in none of the situations`),
    ...[...actions].filter(made => calls.every(({ action }) => action !== made)).map(made => `the handler calls ${made}, which its sources do not import`),
  ];
}
