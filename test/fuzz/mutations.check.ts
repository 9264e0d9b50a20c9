import * as fc from 'fast-check';
import { Disagreement } from './disagreement';
import { HANDLER, type HandlerUnderTest } from './handler-under-test';
import { mutatedHandler } from './mutated-handler';
import { MUTATIONS } from './mutations';
import { PROPERTIES, type PropertyName } from './properties';
import { emptyTally } from './tally';

const SEED = 20261102;

/** No fault needs more cases than this to be noticed: the fuzz run makes up many times as many. */
const RUNS = 4_000;

beforeAll(() => { process.env.AWS_LAMBDA_FUNCTION_NAME = 'fuzzed'; });
afterAll(() => { delete process.env.AWS_LAMBDA_FUNCTION_NAME; });

async function fuzz(property: PropertyName, handler: HandlerUnderTest, numRuns: number): Promise<unknown> {
  const { errorInstance } = await fc.check(PROPERTIES[property].make(handler, emptyTally()), { numRuns, seed: SEED, endOnFailure: true });
  return errorInstance ?? undefined;
}

test.each((Object.keys(PROPERTIES) as PropertyName[]).filter(name => name !== 'deployed bundle'))('%s: the handler as it is agrees', async property => {
  expect(await fuzz(property, HANDLER, 300)).toBeUndefined();
});

test.each(MUTATIONS)('noticed by $property: $fault', async ({ property, oracles, ...change }) => {
  const error = await fuzz(property, mutatedHandler([change]), RUNS);
  expect(error).toBeInstanceOf(Disagreement);
  expect(oracles).toContain((error as Disagreement).oracle);
});
