import { captureLog } from './captured-log';
import { deployConstructs, type DeployedConstruct } from './deployed-constructs';
import { type Exploration, type ExplorationOptions, explore } from './exploration';
import { creates, deletes, deletesAndCreates, halfMade, makeRace, othersOwn, putsPolicies, type Scenario, untagged } from './scenarios';
import { HANDLER, type HandlerUnderTest } from '../fuzz/handler-under-test';
import { mutatedHandler } from '../fuzz/mutated-handler';
import type { SourceChange } from '../mutations/source-change';

let constructs: [DeployedConstruct, DeployedConstruct];
const newLog = captureLog();
let sum = 0n;
const table: string[] = [];

beforeAll(() => { constructs = deployConstructs(); });
afterAll(() => process.stdout.write(`${[...table, `races: all: ${sum} interleavings`].join('\n')}\n`));

async function run(
  scenario: Scenario,
  { handler = HANDLER, of = constructs, ...options }: { handler?: HandlerUnderTest; of?: typeof constructs } & ExplorationOptions = {},
): Promise<Exploration> {
  return explore(() => makeRace(scenario, { handler, constructs: of, log: newLog() }), { faults: scenario.faults, ...options });
}

function report(what: string, { interleavings, overwriting, states }: Exploration): void {
  sum += interleavings;
  table.push(`races: ${what}: ${interleavings} interleavings, ${states} states`
    + (overwriting > 0n ? `; in ${overwriting}, a person's policy came between a handler's look and its put` : ''));
}

const SCENARIOS: [string, Scenario][] = [
  ['two handlers', { handlers: 2 }],
  ['three handlers', { handlers: 3 }],
  ['a handler of each of two constructs', { othersHandlers: 1 }],
  ['two handlers of one construct and one of another', { handlers: 2, othersHandlers: 1 }],
  ['a handler, one call going wrong', { faults: 1 }],
  ['a handler, two calls going wrong', { faults: 2 }],
  ['two handlers, one call going wrong', { handlers: 2, faults: 1 }],
  ['a handler of each of two constructs, one call going wrong', { othersHandlers: 1, faults: 1 }],
  ['two handlers, their own is there half made, one call going wrong', { handlers: 2, prepare: halfMade, faults: 1 }],
  ['an untagged one is there, two handlers of one construct and one of another, one call going wrong', { handlers: 2, othersHandlers: 1, faults: 1, prepare: untagged, isUntouchable: true }],
  ['another\'s is there, two handlers of one construct and one of another, one call going wrong', { handlers: 2, othersHandlers: 1, faults: 1, prepare: othersOwn, isUntouchable: true }],
];

test.each(SCENARIOS)('%s: one repository, whole, and nothing of another\'s changed', async (what, scenario) => {
  const exploration = await run(scenario);
  report(what, exploration);
  expect(exploration.overwriting).toBe(0n);
});

const WITH_PEOPLE: [string, Scenario][] = [
  ['two handlers, a person creates it too', { handlers: 2, people: () => [creates()] }],
  ['a handler, a person creates it too, one call going wrong', { people: () => [creates()], faults: 1 }],
  ['two handlers, a person deletes it', { handlers: 2, people: () => [deletes()] }],
  ['a handler, a person deletes it, one call going wrong', { people: () => [deletes()], faults: 1 }],
  ['two handlers, a person deletes it and creates it anew', { handlers: 2, people: () => [deletesAndCreates()] }],
  ['two handlers, a person deletes a half made one and creates it anew', { handlers: 2, people: () => [deletesAndCreates()], prepare: halfMade }],
  ['two handlers, a person puts policies', { handlers: 2, people: () => [putsPolicies()] }],
  ['a handler, a person puts policies, one call going wrong', { people: () => [putsPolicies()], faults: 1 }],
  ['two handlers, a person puts policies to a half made one', { handlers: 2, people: () => [putsPolicies()], prepare: halfMade }],
];

// ECR has no call that puts a policy only where there is none: what a person puts after a handler's look is not safe from it.
test.each(WITH_PEOPLE)('%s: what the person made stays, and no policy that a handler could see is overwritten', async (what, scenario) => {
  const exploration = await run(scenario);
  report(what, exploration);
  expect(exploration.interleavings).toBeGreaterThan(exploration.overwriting);
});

test('merging orders that lead to one state counts them all', async () => {
  for (const scenario of [{ handlers: 2 }, { handlers: 2, prepare: halfMade }, { people: () => [putsPolicies()], faults: 1 }]) {
    const { interleavings, overwriting } = await run(scenario);
    expect(await run(scenario, { isMerging: false })).toMatchObject({ interleavings, overwriting });
  }
});

describe('what would go wrong', () => {
  const without = (file: string, find: string): SourceChange => ({ file, find, replace: '' });
  test.each<[string, RegExp, Scenario, SourceChange]>([
    ['a retry that does not complete', /left half configured/, { faults: 1 }, { file: 'ecr-repository.ts', find: 'if (policies.length === 0) return [];', replace: 'return [];' }],
    ['an error that is swallowed', /left half configured/, { faults: 1 }, without('handle-push-event.ts', '    throw error;\n')],
    ['completing without a look', /without having seen/, { handlers: 2 }, without('ecr-repository.ts', 'if (await policy.exists()) continue;')],
    ['what exists taken for created', /without having seen/, { handlers: 2 }, {
      file: 'ecr-repository.ts',
      find: 'if (isException(error, \'RepositoryAlreadyExistsException\')) return undefined;',
      replace: 'if (isException(error, \'RepositoryAlreadyExistsException\')) return {};',
    }],
    ['what exists taken for an error', /dead-letter queue, and need not be/, { handlers: 2 }, without('ecr-repository.ts', 'if (isException(error, \'RepositoryAlreadyExistsException\')) return undefined;')],
    ['no look at the owner', /dead-letter queue, and need not be/, { othersHandlers: 1 }, without('ecr-repository.ts', 'if (!tags?.some(tag => tag.Key === OWNER_TAG_KEY && tag.Value === owner)) return [];')],
    ['a creation counted twice', /are counted/, { faults: 1 }, {
      file: 'outcome.ts', find: 'case \'completed\':\n      values.TimeToCreate', replace: 'case \'completed\':\n      values.RepositoriesCreated = 1;\n      values.TimeToCreate',
    }],
  ])('%s', async (_what, error, scenario, change) => {
    await expect(run(scenario, { handler: mutatedHandler([change]) })).rejects.toThrow(error);
  });

  test.each<[string, Scenario, SourceChange[]]>([
    ['with no look at the owner either', { othersHandlers: 1 }, [without('ecr-repository.ts', 'if (!tags?.some(tag => tag.Key === OWNER_TAG_KEY && tag.Value === owner)) return [];')]],
    // Between the look and the put, a repository can become another.
    ['when it is deleted and created anew after the look', { people: () => [deletesAndCreates()] }, []],
  ])('a role that may change what it does not own, %s', async (_what, scenario, changes) => {
    const unlimited = ({ policy, statements }: DeployedConstruct) =>
      ({ policy, statements: statements.map(each => ({ ...each, Condition: undefined })) });
    const [one, other] = constructs;
    await expect(run(scenario, { handler: mutatedHandler(changes), of: [unlimited(one), unlimited(other)] })).rejects.toThrow(/which is another's/);
  });
});
