// Uses the package as users of each language do: builds it, installs it into an empty project and synthesises the same stack.
//
//   node test/bindings/run.mjs [language ...]
//
// Needs a compiled project, Node.js 20 or later with npm, Python 3 with venv, Java 17 with Maven, and Go; a .NET SDK is used where there
// is one. What else it needs comes from the languages' registries.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readAssembly, resourceCounts } from './runner/assembly.mjs';
import { assertEqual } from './runner/comparison.mjs';
import * as dotnet from './runner/dotnet.mjs';
import * as go from './runner/go.mjs';
import * as java from './runner/java.mjs';
import { Project } from './runner/project.mjs';
import * as python from './runner/python.mjs';
import { Report } from './runner/report.mjs';
import { Sandbox } from './runner/sandbox.mjs';
import * as typescript from './runner/typescript.mjs';

const REFERENCE = 'typescript';

/** The longest first: as many at a time as there are processors. */
const LANGUAGES = { go, python, java, typescript, dotnet };

/** Templates that are equal because they are all empty prove nothing. */
const RESOURCES = {
  'AWS::Lambda::Function': 3,
  'AWS::ECR::RepositoryCreationTemplate': 6,
  'AWS::CloudWatch::Alarm': 5,
  'AWS::CloudWatch::Dashboard': 1,
  'AWS::Events::Rule': 4,
  'AWS::Lambda::EventSourceMapping': 2,
  'AWS::CloudTrail::Trail': 1,
};

/** What is compared with TypeScript's. */
const PARTS = {
  template: 'its template is TypeScript\'s',
  assets: 'its assets are TypeScript\'s',
  annotations: 'its annotations are TypeScript\'s',
};

/** Messages of other errors than the expected ones would be equal too. */
const MESSAGES = {
  allowedPrefixes: /^allowedPrefixes\[1\] must .*, got 'Frontend\/'$/,
  retryAttempts: /^retryAttempts must .*, got 3$/,
  tags: /^a key of repositoryDefaults\.tags must not .*, got 'created-by'$/,
};

const wanted = process.argv.slice(2);
for (const language of wanted) {
  if (!(language in LANGUAGES)) throw new Error(`the language must be one of ${Object.keys(LANGUAGES).join(', ')}, got '${language}'`);
}
const languages = Object.keys(LANGUAGES).filter(language => wanted.length === 0 || language === REFERENCE || wanted.includes(language));

const folder = mkdtempSync(join(tmpdir(), 'bindings-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
// A signal would end the process without 'exit': the folder would stay.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

const report = new Report();
const project = new Project(folder);
const sandbox = new Sandbox(join(folder, 'sandbox'));
const results = {};

const waiting = [...languages];
await Promise.all(Array.from({ length: availableParallelism() }, async () => {
  for (let language = waiting.shift(); language !== undefined; language = waiting.shift()) await use(language);
}));
for (const language of languages.filter(each => each in results)) await compare(language);
report.finish();

/** Builds, installs and synthesises; what comes out is compared when all are there. */
async function use(language) {
  const context = {
    project, sandbox,
    folder: join(folder, language),
    source: fileURLToPath(new URL(`${language}/`, import.meta.url)),
    step: (what, action) => report.step(language, what, action),
  };
  mkdirSync(context.folder);
  const { prepare, checkSource, unavailable } = LANGUAGES[language];
  if (checkSource) await checkWithoutCompiler(language, () => checkSource(context));
  const reason = unavailable?.();
  if (reason !== undefined) {
    report.say(language, `NOT COMPILED, NOT SYNTHESISED: ${reason}`);
    return;
  }
  await report.check(language, 'it installs, and synthesises without lock file, esbuild and Docker', async () => {
    const app = await prepare(context);
    const { assembly, messages } = await context.step('synthesised', () => sandbox.synthesise(language, context.folder, app));
    results[language] = { ...readAssembly(assembly), messages: firstLines(messages) };
  });
}

async function checkWithoutCompiler(language, checkSource) {
  let faults = {};
  await report.check(language, 'its code can be checked', async () => {
    faults = await checkSource();
  });
  for (const [what, found] of Object.entries(faults)) {
    await report.check(language, what, () => assertEqual(found, []));
  }
}

/** jsii's runtimes for Java and .NET append the JavaScript stack to an error's message. */
function firstLines(messages) {
  return Object.fromEntries(Object.entries(messages).map(([name, message]) => [name, message.split('\n')[0]]));
}

async function compare(language) {
  const result = results[language];
  if (language === REFERENCE) {
    await report.check(language, 'its template has what the stack defines', () => {
      const counts = resourceCounts(result.template);
      assertEqual(Object.fromEntries(Object.keys(RESOURCES).map(type => [type, counts[type]])), RESOURCES);
    });
  } else {
    for (const [part, what] of Object.entries(PARTS)) {
      await report.check(language, what, () => {
        if (!(REFERENCE in results)) throw new Error('TypeScript has none');
        assertEqual(result[part], results[REFERENCE][part]);
      });
    }
  }
  for (const [name, pattern] of Object.entries(MESSAGES)) {
    await report.check(language, `bad input: the message on wrong ${name}`, () => {
      const message = result.messages[name];
      if (!pattern.test(message)) throw new Error(`  got ${message}, expected ${pattern}`);
      assertEqual(message, results[REFERENCE]?.messages[name]);
    });
  }
}
