import * as fc from 'fast-check';
import type { Course } from './actor';
import { type Burst, type BurstSums, runBurst } from './burst';
import { captureLog } from './captured-log';
import { deployConstructs, type DeployedConstruct } from './deployed-constructs';
import { HANDLER, type HandlerUnderTest } from '../fuzz/handler-under-test';
import { mutatedHandler } from '../fuzz/mutated-handler';

let constructs: [DeployedConstruct, DeployedConstruct];
const newLog = captureLog();
const sums = { bursts: 0, events: 0, calls: 0, faults: 0, redriven: 0, repositories: 0 };

beforeAll(() => { constructs = deployConstructs(); });
afterAll(() => process.stdout.write(`bursts: ${Object.entries(sums).map(([what, count]) => `${count} ${what}`).join(', ')}\n`));

async function run(scheduler: fc.Scheduler, burst: Burst, handler: HandlerUnderTest = HANDLER): Promise<BurstSums> {
  const { calls, faults, redriven, repositories } = await runBurst(scheduler, burst, { handler, constructs, log: newLog() });
  sums.bursts++;
  sums.events += burst.events.length;
  sums.calls += calls;
  sums.faults += faults;
  sums.redriven += redriven;
  sums.repositories += repositories;
  return { calls, faults, redriven, repositories };
}

type Faults = Pick<Burst, 'courses' | 'mendedAfter'>;

const name = (index: number) => `backend/service-${index}`;
const course = fc.oneof({ weight: 5, arbitrary: fc.constant<Course>('answered') }, fc.constantFrom<Course>('failed', 'answer lost'));
const faults: fc.Arbitrary<Faults> = fc.record({ courses: fc.array(course, { minLength: 1, maxLength: 30 }), mendedAfter: fc.nat(400) });
const noFaults = fc.constant<Faults>({ courses: ['answered'], mendedAfter: 0 });

function bursts(
  events: (more: number) => Burst['events'], faulty: fc.Arbitrary<Faults>, taken: fc.Arbitrary<string[]> = fc.constant([]),
): fc.Arbitrary<Burst> {
  return fc.tuple(fc.nat(50), faulty, taken).map(([more, how, names]) => ({ events: events(more), ...how, taken: names }));
}

const forOneName = () => Array.from({ length: 20 }, () => ({ construct: 0 as const, repositoryName: name(0) }));
const ofTwoConstructs = (more: number) => Array.from({ length: 20 }, (_, index) => ({
  construct: (index + more) % 3 === 0 ? 1 as const : 0 as const, repositoryName: name(index % 2),
}));
const forDifferentNames = () => Array.from({ length: 200 }, (_, index) => ({ construct: 0 as const, repositoryName: name(index) }));
const severalEach = () => Array.from({ length: 200 }, (_, index) => ({ construct: index % 2 as 0 | 1, repositoryName: name(index % 70) }));
const someTaken = fc.subarray([name(0), name(1), name(5)]);

test.each<[string, number, fc.Arbitrary<Burst>]>([
  ['20 events for one name', 60, bursts(forOneName, noFaults)],
  ['20 events for one name, calls going wrong', 80, bursts(forOneName, faults)],
  ['20 events of two constructs for two names, calls going wrong, names taken', 80, bursts(ofTwoConstructs, faults, someTaken)],
  ['200 events for different names', 4, bursts(forDifferentNames, noFaults)],
  ['200 events for different names, calls going wrong, names taken', 4, bursts(forDifferentNames, faults, someTaken)],
  ['200 events of two constructs for 70 names, calls going wrong, names taken', 4, bursts(severalEach, faults, someTaken)],
])('%s: one repository each, whole', async (_what, numRuns, burst) => {
  await fc.assert(fc.asyncProperty(fc.scheduler(), burst, async (scheduler, each) => { await run(scheduler, each); }), { numRuns });
});

test('a fault that does not end leaves every event in the queue, and their redrive makes the repository', async () => {
  await fc.assert(fc.asyncProperty(fc.scheduler(), async scheduler => {
    const { redriven, repositories } = await run(scheduler, { events: forOneName(), courses: ['failed'], mendedAfter: 1_000, taken: [] });
    expect({ redriven, repositories }).toEqual({ redriven: 20, repositories: 1 });
  }), { numRuns: 5 });
});

test('retries that do not complete would be noticed', async () => {
  const handler = mutatedHandler([{ file: 'ecr-repository.ts', find: 'if (policies.length === 0) return [];', replace: 'return [];' }]);
  const { errorInstance } = await fc.check(fc.asyncProperty(fc.scheduler(), bursts(forOneName, faults), async (scheduler, each) => {
    await run(scheduler, each, handler);
  }), { numRuns: 200, endOnFailure: true });
  expect(String(errorInstance)).toMatch(/left half configured/);
});
