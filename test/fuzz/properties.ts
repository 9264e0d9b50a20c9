import * as fc from 'fast-check';
import { bundleCases, checkBundleCase } from './bundled-function';
import { checkCase } from './check-case';
import * as generators from './generators';
import type { HandlerUnderTest } from './handler-under-test';
import type { Tally } from './tally';
import { checkWarmCase, warmCases } from './warm-processes';

/** What is made up, and judged. */
export interface Property {
  /** Its part of all cases, in thousandths. */
  readonly weight: number;
  /** How many usual cases a case takes as long as. */
  readonly heft?: number;
  /**
   * How often, in a hundred cases, each of these must be the outcome: a generator that makes only rejects tests little.
   *
   * A case of several events can have several outcomes.
   */
  readonly atLeast: Readonly<Record<string, number>>;
  /** The property of a handler; what it comes to is counted. */
  make(handler: HandlerUnderTest, tally: Tally): fc.IAsyncPropertyWithHooks<[unknown]>;
}

function singleEvents(weight: number, events: fc.Arbitrary<generators.EventFor>, atLeast: Property['atLeast']): Property {
  const cases = generators.casesOf(events);
  return { weight, atLeast, make: (handler, tally) => counted(cases, tally, async each => checkCase(handler, each, tally)) };
}

function counted<T>(cases: fc.Arbitrary<T>, tally: Tally, check: (each: T) => Promise<void>) {
  return fc.asyncProperty(cases, async each => {
    await check(each);
    tally.cases++;
  }) as fc.IAsyncPropertyWithHooks<[unknown]>;
}

const ALL = {
  'any JSON': singleEvents(100, generators.anything, { rejected: 60 }),
  'mutated pushes': singleEvents(250, generators.mutatedPushes, { created: 10, rejected: 40, failed: 1 }),
  'hostile names': singleEvents(260, generators.hostileNames, { created: 5, rejected: 50, failed: 1 }),
  'hostile identities': singleEvents(120, generators.hostileIdentities, { created: 15, rejected: 20, failed: 2 }),
  'policies': singleEvents(148, generators.plainPushes, { created: 20, completed: 2, exists: 5, rejected: 20, failed: 3 }),
  'queue batches': singleEvents(90, generators.batches, { created: 20, rejected: 50, kept: 50, failed: 2 }),
  'warm processes': {
    weight: 30,
    atLeast: { created: 30, exists: 30, rejected: 30 },
    make: (handler, tally) => counted(warmCases, tally, async each => checkWarmCase(handler, each, tally)),
  },
  'deployed bundle': {
    weight: 2,
    heft: 100,
    atLeast: { created: 50, rejected: 100, kept: 5 },
    // It is what it is: changes of the source come to it only by bundling.
    make: (_handler, tally) => counted(bundleCases, tally, async each => checkBundleCase(each, tally)),
  },
} satisfies Readonly<Record<string, Property>>;

export type PropertyName = keyof typeof ALL;

export const PROPERTIES: Readonly<Record<PropertyName, Property>> = ALL;
