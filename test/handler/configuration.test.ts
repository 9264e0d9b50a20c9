import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONFIGURATION } from './fixtures';
import { CONFIGURATION_FILE, ENVIRONMENT, loadConfiguration, placeholder } from '../../src/handler/configuration';

let directory: string;
beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'configuration-')); });
afterEach(() => rmSync(directory, { recursive: true }));

test('comes from the environment', () => {
  expect(loadConfiguration({ [ENVIRONMENT.CONFIGURATION]: JSON.stringify(CONFIGURATION) }, directory)).toEqual(CONFIGURATION);
});

test('comes from the file, with the values that the environment has for it', () => {
  writeFileSync(join(directory, CONFIGURATION_FILE), JSON.stringify({
    owner: `${placeholder(1)}/x`,
    settings: { lifecyclePolicy: { rules: [`a${placeholder(0)}b${placeholder(11)}c`] } },
    allowedPrefixes: ['$0', 'plain'],
  }));
  const values = Array.from({ length: 12 }, (_, index) => `v${index}"$&`);
  expect(loadConfiguration({ [ENVIRONMENT.VALUES]: JSON.stringify(values) }, directory)).toEqual({
    owner: 'v1"$&/x',
    settings: { lifecyclePolicy: { rules: ['av0"$&bv11"$&c'] } },
    allowedPrefixes: ['$0', 'plain'],
  });
});

test('needs no values if the file has no placeholders', () => {
  writeFileSync(join(directory, CONFIGURATION_FILE), JSON.stringify(CONFIGURATION));
  expect(loadConfiguration({}, directory)).toEqual(CONFIGURATION);
});

test('fails when there is none', () => {
  expect(() => loadConfiguration({}, directory)).toThrow(/ENOENT.*configuration\.json/);
});
