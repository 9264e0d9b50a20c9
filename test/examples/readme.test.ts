import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { type Snippet, snippetsOfMarkdown, snippetsOfSource, stackOf } from './snippets';

const PROJECT = join(__dirname, '..', '..');
const README = readFileSync(join(PROJECT, 'README.md'), 'utf8');
const { repository, jsii, peerDependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
const REPOSITORY = repository.url.replace(/^git\+|\.git$/g, '').replace('https://github.com/', '');
const SNIPPETS = snippetsOfMarkdown(README);
const CONSTRUCTS = ['ecr-auto-create.ts', 'ecr-creation-templates.ts'];

const shellBlocks = () => [...README.matchAll(/^ *```shell\n(.*?)^ *```$/gms)].map(([, block]) => block);

/** Synthesises a snippet in its fixture: with what its readers must be told of, and the types of its resources. */
function synthesize(snippet: Snippet): { messages: { level: string; text: unknown }[]; types: string[] } {
  const app = new App();
  const stack = new (stackOf(snippet))(app, 'Fixture');
  const assembly = app.synth();
  const { messages, template } = assembly.getStackByName(stack.stackName);
  rmSync(assembly.directory, { recursive: true });
  return {
    messages: messages.map(({ level, entry }) => ({ level, text: entry.data })),
    types: Object.values<{ Type: string }>(template.Resources).map(({ Type }) => Type),
  };
}

test.each(SNIPPETS.map((snippet, index) => [index + 1, snippet] as const))('snippet %d synthesises, even where warnings are errors', (_number, snippet) => {
  const { messages, types } = synthesize(snippet);
  expect(messages.filter(({ level }) => level !== 'info')).toEqual([]);
  expect(types.filter(type => ['AWS::Lambda::Function', 'AWS::ECR::RepositoryCreationTemplate'].includes(type))).not.toEqual([]);
});

test.each(CONSTRUCTS)('so does the example in %s', file => {
  const snippets = snippetsOfSource(join(PROJECT, 'src', file));
  expect(snippets).toHaveLength(1);
  expect(synthesize(snippets[0]).messages.filter(({ level }) => level !== 'info')).toEqual([]);
});

test('the first snippet is both engines, with its imports', () => {
  expect(SNIPPETS.length).toBeGreaterThanOrEqual(5);
  expect(SNIPPETS[0].source).toContain("import { EcrAutoCreate } from 'cdk-ecr-auto-create';");
  expect(synthesize(SNIPPETS[0]).types).toEqual(expect.arrayContaining(['AWS::Events::Rule', 'AWS::ECR::RepositoryCreationTemplate']));
});

test('the sections are there, in the order in which a reader needs them', () => {
  expect([...README.matchAll(/^##+ (.*)$/gm)].map(([, heading]) => heading)).toEqual([
    'Do you need this?', 'Prerequisites', 'Install', 'Quick start', 'Configuration by example', 'How it works and what it costs', 'Security', 'Push clients',
    'Reference', 'Monitoring and redrive',
    'Troubleshooting', 'I pushed and nothing was created', 'The repository is there, but not with my settings', 'The deployment fails with `TemplateAlreadyExists`',
    'Limitations', 'Migration from Terraform', 'Contributing', 'Licence',
  ]);
});

test('it takes some minutes to read, up to the reference', () => {
  const [text] = README.split('\n## Reference');
  const words = text.replace(/^```.*?^```$/gms, '').replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/<[^>]+>/g, ' ').split(/\s+/).filter(word => /\w/.test(word));
  expect(words.length).toBeGreaterThanOrEqual(600);
  expect(words.length).toBeLessThanOrEqual(900);
});

test('links and images work wherever it is shown, and point to this repository', () => {
  const targets = [...README.matchAll(/\]\(([^)]*)\)/g)].map(([, target]) => target);
  expect(targets.filter(target => !target.startsWith('https://'))).toEqual([]);
  const ours = targets.filter(target => /github\.com\/cdk-|raw\.githubusercontent\.com|img\.shields\.io\/github/.test(target));
  expect(ours.length).toBeGreaterThanOrEqual(5);
  for (const target of ours) expect(target).toContain(`/${REPOSITORY}`);
  expect(README).toContain(`(https://raw.githubusercontent.com/${REPOSITORY}/main/docs/architecture.svg)`);
});

test('each language is installed by its own name, and the CDK is the oldest that is accepted', () => {
  const { java, python, dotnet, go } = jsii.targets;
  for (const text of [
    'npm install cdk-ecr-auto-create\n', `pip install ${python.distName}\n`, `dotnet add package ${dotnet.packageId}\n`,
    `go get ${go.moduleName}/${go.packageName}\n`,
    `<groupId>${java.maven.groupId}</groupId>\n  <artifactId>${java.maven.artifactId}</artifactId>`,
    `AWS CDK ${peerDependencies['aws-cdk-lib'].replace('^', '')} or later`,
  ]) expect(README).toContain(text);
});

test('the demo and the tests are a command each', () => {
  expect(shellBlocks()).toEqual(expect.arrayContaining(['npm ci && npm run demo\n', 'npm ci && npm test\n']));
});

test('the picture is a valid SVG with a background of its own, and loads nothing', () => {
  const svg = readFileSync(join(PROJECT, 'docs', 'architecture.svg'), 'utf8');
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 (\d+) (\d+)"/);
  expect(svg).toMatch(/<rect class="panel" [^>]*fill="#ffffff"/);
  expect(svg).toContain('@media (prefers-color-scheme: dark)');
  expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<script|<image|@import|url\((?!#)/);
});

describe('the loop that repeats a push', () => {
  let directory: string;
  const loop = shellBlocks().find(block => block.includes('docker push'))!;

  beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'loop-')); });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Runs the loop with a registry that accepts the given push, and no waiting. */
  function run(accepted: number) {
    const log = join(directory, 'log');
    const command = (name: string, script: string) => {
      writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(directory, name), 0o755);
    };
    command('docker', `echo "$@" >> ${log}; [ "$(grep -c . ${log})" -ge ${accepted} ]`);
    command('sleep', `echo "$1" >> ${log}-sleeps`);
    const { status } = spawnSync('sh', ['-c', loop], { env: { PATH: `${directory}:${process.env.PATH}`, IMAGE: 'registry/backend/api:1' } });
    const lines = (file: string) => readFileSync(file, 'utf8').trim().split('\n');
    return { status, pushes: lines(log), waited: accepted === 1 ? 0 : lines(`${log}-sleeps`).reduce((sum, seconds) => sum + Number(seconds), 0) };
  }

  test.each([1, 2, 24])('ends well with push %d', accepted => {
    expect(run(accepted)).toMatchObject({ status: 0, pushes: Array(accepted).fill('push registry/backend/api:1') });
  });

  test('fails when no push was accepted, after about two minutes', () => {
    const { status, pushes, waited } = run(25);
    expect(status).toBe(1);
    expect(pushes).toHaveLength(24);
    expect(waited).toBeGreaterThanOrEqual(115);
  });
});
