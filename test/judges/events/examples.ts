import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireCommand } from '../../local-aws/command';

const PROJECT = join(__dirname, '..', '..', '..');
const EXAMPLES = join(PROJECT, 'examples');

/** What the examples' account is. */
export const EXAMPLE_ACCOUNT = '123456789012';

/** The names a rule of an example lets in: a list, or every name. */
type Names = readonly string[] | 'every name';

/** Of each example, as its source says: by a part of the rule's logical id, what the rule is for. */
export const EXAMPLES_RULES: Readonly<Partial<Record<string, Readonly<Record<string, { failedPushes: Names } | 'created repositories'>>>>> = {
  'minimal': { EcrAutoCreateRule: { failedPushes: 'every name' } },
  'team-overrides': { EcrAutoCreateRule: { failedPushes: ['payments/', 'search/'] } },
  'kms-and-cross-account': { EcrAutoCreateRule: { failedPushes: ['services/'] } },
  'native-templates': {},
  'notifications': { EcrAutoCreateRule: { failedPushes: ['backend/', 'frontend/'] }, EcrAutoCreateCreated: 'created repositories' },
  'every-region': { EcrAutoCreateRule: { failedPushes: ['backend/', 'frontend/'] } },
};

/** Runs each example as the CDK's command does. @returns the cloud assemblies, by the example's name */
export async function synthesizeExamples(directory: string): Promise<ReadonlyMap<string, string>> {
  // The examples import the package by its name.
  const modules = join(directory, 'modules');
  mkdirSync(join(modules, 'cdk-ecr-auto-create'), { recursive: true });
  writeFileSync(join(modules, 'cdk-ecr-auto-create', 'index.js'), `module.exports = require(${JSON.stringify(join(PROJECT, 'src'))});\n`);
  const names = readdirSync(EXAMPLES, { withFileTypes: true }).filter(entry => entry.isDirectory()).map(({ name }) => name);
  const assemblies = await Promise.all(names.map(async name => {
    const assembly = join(directory, name);
    await requireCommand(process.execPath, ['-r', 'ts-node/register/transpile-only', join(EXAMPLES, name, 'app.ts')], {
      cwd: PROJECT,
      env: {
        ...process.env,
        TS_NODE_PROJECT: 'tsconfig.dev.json',
        NODE_PATH: modules,
        CDK_OUTDIR: assembly,
        CDK_DEFAULT_ACCOUNT: EXAMPLE_ACCOUNT,
        CDK_VALIDATION: 'false',
      },
    });
    return [name, assembly] as const;
  }));
  return new Map(assemblies);
}
