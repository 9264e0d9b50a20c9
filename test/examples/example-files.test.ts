import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(__dirname, '..', '..');
const EXAMPLES = readdirSync(join(PROJECT, 'examples'), { withFileTypes: true }).filter(entry => entry.isDirectory()).map(({ name }) => name);
const read = (...path: string[]) => readFileSync(join(PROJECT, ...path), 'utf8');

test('every example is deployed by a test and described in the list', () => {
  const tests = read('test', 'examples', 'examples.test.ts');
  const list = read('examples', 'README.md');
  expect(EXAMPLES).toHaveLength(6);
  for (const name of EXAMPLES) {
    expect(tests).toContain(`describe('${name}'`);
    expect(list).toContain(`(${name}/app.ts)`);
  }
});

describe.each(EXAMPLES)('%s', name => {
  const lines = read('examples', name, 'app.ts').split('\n');

  test('begins with two lines that say what it is', () => {
    expect(lines.slice(0, 3).map(line => line.startsWith('// '))).toEqual([true, true, false]);
  });

  test('imports as its readers do', () => {
    const modules = lines.flatMap(line => /^import .* from '(.*)';$/.exec(line)?.[1] ?? []);
    expect(modules).toContain('cdk-ecr-auto-create');
    for (const module of modules) expect(module).toMatch(/^(aws-cdk-lib(\/aws-[a-z0-9-]+)?|cdk-ecr-auto-create)$/);
  });
});
