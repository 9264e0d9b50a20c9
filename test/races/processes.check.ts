import { rmSync } from 'node:fs';
import { EcrAutoCreate } from '../../src';
import { failedPush } from '../handler/fixtures';
import { DEMO_PROPS, synthesizeStack } from '../local-aws/demo-app';
import { type JsonObject, objectOf } from '../local-aws/json';
import { LocalAws } from '../local-aws/local-aws';

/** Of the first construct, and of the other. */
const PROCESSES = 20;
const OTHERS = 10;

/** Holds calls of ECR back. */
type Gate = (action: string) => Promise<void> | void;

let assembly: string;
let aws: LocalAws;
let gate: Gate = () => undefined;

beforeAll(async () => {
  assembly = synthesizeStack(stack => {
    new EcrAutoCreate(stack, 'One', DEMO_PROPS);
    new EcrAutoCreate(stack, 'Other', {
      ...DEMO_PROPS, allowedPrefixes: ['backend/shared-'], repositoryDefaults: { ...DEMO_PROPS.repositoryDefaults, tags: { team: 'other' } },
    });
  });
  aws = await LocalAws.deploy(assembly, { concurrency: PROCESSES, beforeCall: async action => gate(action) });
  // The processes are started before, so that none of them is late for the race.
  const [one, other] = aws.functions;
  await Promise.all([...times(PROCESSES, one), ...times(OTHERS, other)].map(async lambda => lambda.invoke({})));
});
afterAll(async () => {
  await aws.close();
  rmSync(assembly, { recursive: true });
});

const times = <T>(length: number, each: T): T[] => Array.from({ length }, () => each);
const put = async (names: readonly string[]) =>
  Promise.all(names.map(async repositoryName => aws.bus.put(failedPush({ repositoryName }) as JsonObject)));
const logs = () => aws.functions.flatMap(lambda => lambda.logs.filter(({ stream }) => stream === 'stdout').map(({ text }) => JSON.parse(text)));
const linesOf = (name: string) => logs().filter(({ repositoryName }) => repositoryName === name);
/** Successful calls for a name. */
const callsFor = (name: string) => aws.ecr.calls.filter(({ input, error }) => error === undefined && objectOf(input).repositoryName === name);
const count = <T>(all: readonly T[], is: (each: T) => boolean) => all.filter(is).length;

/** One repository, made once, whole, and told of once; nothing lost or left over. */
function expectWhole(name: string, events: number) {
  expect([name, count(callsFor(name), ({ action }) => action === 'CreateRepository')]).toEqual([name, 1]);
  expect(aws.ecr.repositories.get(name)).toMatchObject({
    imageTagMutability: 'IMMUTABLE',
    tags: { 'created-by': 'cdk-ecr-auto-create' },
    lifecyclePolicyText: expect.stringContaining('untagged'),
    repositoryPolicyText: expect.stringContaining('210987654321'),
  });
  const lines = linesOf(name);
  expect([name, lines.length]).toEqual([name, events]);
  expect([name, count(lines, ({ outcome }) => outcome === 'created'), count(lines, line => line.RepositoriesCreated === 1)]).toEqual([name, 1, 1]);
  expect(lines.map(({ outcome }) => outcome).filter(outcome => !['created', 'completed', 'exists'].includes(outcome))).toEqual([]);
}

function expectNothingLost() {
  expect(aws.lost).toEqual([]);
  expect(aws.queues.flatMap(({ messages }) => messages)).toEqual([]);
}

/** In which order waiting calls are let go. */
type Order = (calls: number) => number[];

const ORDERS: Record<string, Order> = {
  'as they came': calls => [...Array(calls).keys()],
  'the other way round': calls => [...Array(calls).keys()].reverse(),
  'the last one first': calls => [calls - 1, ...Array(calls - 1).keys()],
};

/** Holds the first creations until so many wait. */
function gather(size: number, order: Order): { gate: Gate; gathered: () => number } {
  const waiting: (() => void)[] = [];
  return {
    gathered: () => waiting.length,
    gate: async action => {
      if (action !== 'CreateRepository' || waiting.length === size) return;
      const released = new Promise<void>(resolve => { waiting.push(resolve); });
      if (waiting.length === size) order(size).forEach(index => waiting[index]());
      await released;
    },
  };
}

test.each(Object.entries(ORDERS))('20 processes for one name, all creating at a time, performed %s', async (what, order) => {
  const name = `backend/${what.replaceAll(' ', '-')}`;
  const gathering = gather(PROCESSES, order);
  gate = gathering.gate;
  await put(times(PROCESSES, name));
  expect(gathering.gathered()).toBe(PROCESSES);
  expectWhole(name, PROCESSES);
  expectNothingLost();
});

test('20 processes for one name, and who comes first to the policies is the last to put them', async () => {
  const name = 'backend/late';
  const gathering = gather(PROCESSES, ORDERS['as they came']);
  let puts = 0;
  let done = 0;
  let letGo = () => {};
  const others = new Promise<void>(resolve => { letGo = resolve; });
  gate = async action => {
    if (action === 'PutLifecyclePolicy' && puts++ === 0) await others;
    else await gathering.gate(action);
  };
  await Promise.all(times(PROCESSES, name).map(async each => {
    await put([each]);
    if (++done === PROCESSES - 1) letGo();
  }));
  expect(puts).toBeGreaterThan(1);
  expectWhole(name, PROCESSES);
  expect(count(linesOf(name), ({ outcome }) => outcome === 'completed')).toBeGreaterThan(0);
  expectNothingLost();
});

test('200 names at a time', async () => {
  gate = () => undefined;
  const names = Array.from({ length: 200 }, (_, index) => `backend/many-${index}`);
  await put(names);
  for (const name of names) expectWhole(name, 1);
  expectNothingLost();
});

test('two constructs for one name, 10 processes of each', async () => {
  const name = 'backend/shared-1';
  const gathering = gather(2 * OTHERS, ORDERS['the other way round']);
  gate = gathering.gate;
  await put(times(OTHERS, name));
  expect(gathering.gathered()).toBe(2 * OTHERS);
  expectWhole(name, 2 * OTHERS);
  // The policies are of whose tags it has, and only its handlers have put any.
  const { createdBy } = aws.ecr.repositories.get(name)!;
  const writers = callsFor(name).filter(({ action }) => /^(Put|Set)/.test(action));
  expect(writers.length).toBeGreaterThanOrEqual(2);
  expect([...new Set(writers.map(({ caller }) => caller))]).toEqual([createdBy]);
  expectNothingLost();
});
