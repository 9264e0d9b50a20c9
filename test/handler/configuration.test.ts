import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CONFIGURATION } from './fixtures';
import { CONFIGURATION_FILE, ENVIRONMENT, loadConfiguration, placeholder } from '../../src/handler/configuration';

let directory: string;
beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'configuration-')); });
afterEach(() => rmSync(directory, { recursive: true }));

const { settings: SETTINGS, ...RULES } = CONFIGURATION;

function write(file: string, content: unknown) {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), JSON.stringify(content));
}

test('comes from the environment', () => {
  const override = { prefix: 'backend/', settings: { repository: {} } };
  const { settings, overrides, ...rules } = loadConfiguration(
    { [ENVIRONMENT.CONFIGURATION]: JSON.stringify({ ...CONFIGURATION, overrides: [override] }) }, directory);
  expect(rules).toEqual(RULES);
  expect(settings()).toEqual(SETTINGS);
  expect(overrides.map(({ prefix, settings: read }) => ({ prefix, settings: read() }))).toEqual([override]);
});

test('comes from files, with the values that the environment has for them', () => {
  write(CONFIGURATION_FILE, {
    owner: `${placeholder(1)}/x`,
    allowedPrefixes: ['$0', 'plain'],
    settings: 'settings/defaults.json',
    overrides: [{ prefix: `${placeholder(2)}/`, settings: 'settings/override-0.json' }],
  });
  write('settings/defaults.json', { lifecyclePolicy: { rules: [`a${placeholder(0)}b${placeholder(11)}c`] } });
  write('settings/override-0.json', { repository: {} });
  const values = Array.from({ length: 12 }, (_, index) => `v${index}"$&`);

  const { settings, overrides, ...rules } = loadConfiguration({ [ENVIRONMENT.VALUES]: JSON.stringify(values) }, directory);
  expect(rules).toEqual({ owner: 'v1"$&/x', allowedPrefixes: ['$0', 'plain'] });
  expect(settings()).toEqual({ lifecyclePolicy: { rules: ['av0"$&bv11"$&c'] } });
  expect(overrides).toEqual([{ prefix: 'v2"$&/', settings: expect.any(Function) }]);
  expect(overrides[0].settings()).toEqual({ repository: {} });
});

test('reads settings only when they are needed', () => {
  write(CONFIGURATION_FILE, { ...RULES, settings: 'settings/defaults.json' });
  const { settings, overrides } = loadConfiguration({}, directory);
  expect(overrides).toEqual([]);
  expect(settings).toThrow(/ENOENT.*defaults\.json/);
  write('settings/defaults.json', SETTINGS);
  expect(settings()).toEqual(SETTINGS);
});

test('fails when there is none', () => {
  expect(() => loadConfiguration({}, directory)).toThrow(/ENOENT.*configuration\.json/);
});
