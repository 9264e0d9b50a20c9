import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checksOf, runFaults } from './fault-run';
import { bundleMutated } from './mutated-bundle';
import { MUTATIONS } from './mutations';

let directory: string;
beforeAll(() => { directory = mkdtempSync(join(tmpdir(), 'fault-mutations-')); });
afterAll(() => rmSync(directory, { recursive: true }));

test.each(MUTATIONS)('noticed: $fault', async ({ fault, notices, ...change }) => {
  const handler = join(directory, fault.replaceAll(' ', '-'), 'index.js');
  await bundleMutated(change, handler);
  const failures = checksOf(await runFaults({ handler, only: notices })).filter(({ problems }) => problems.length > 0);
  expect(failures.map(({ name }) => name)).toContainEqual(expect.stringMatching(new RegExp(notices, 'i')));
});
