import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import * as ts from 'typescript';

const PROJECT = join(__dirname, '..', '..');

/** TypeScript of the documentation, which takes what its fixture has for granted. */
export interface Snippet {
  readonly source: string;
  /** The name of its file in `rosetta`. */
  readonly fixture: string;
}

/** The snippets in Markdown. */
export function snippetsOfMarkdown(markdown: string): Snippet[] {
  return [...markdown.matchAll(/^```ts(?: fixture=(\S+))?\n(.*?)^```$/gms)].map(([, fixture = 'default', source]) => ({ source, fixture }));
}

/** The examples in the docstrings of a source file. */
export function snippetsOfSource(file: string): Snippet[] {
  return [...readFileSync(file, 'utf8').matchAll(/^ \* @example\n(.*?)^ \*\/$/gms)]
    .map(([, lines]) => ({ source: lines.replace(/^ \* ?/gm, ''), fixture: 'default' }));
}

/** The stack class that the snippet and its fixture make, as jsii-rosetta joins them. */
export function stackOf({ source, fixture }: Snippet): new (scope: Construct, id: string) => Stack {
  const parsed = ts.createSourceFile('snippet.ts', source, ts.ScriptTarget.Latest);
  const textOf = (statements: ts.Statement[]) => statements.map(statement => statement.getFullText(parsed)).join('');
  const imports = textOf(parsed.statements.filter(ts.isImportDeclaration));
  const rest = textOf(parsed.statements.filter(statement => !ts.isImportDeclaration(statement)));

  const surroundings = readFileSync(join(PROJECT, 'rosetta', `${fixture}.ts-fixture`), 'utf8');
  const complete = `${imports}\n${surroundings.replace('/// here', () => rest)}\nexport { Fixture };`;
  const { outputText } = ts.transpileModule(complete, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  const exported: { Fixture?: new (scope: Construct, id: string) => Stack } = {};
  new Function('require', 'exports', outputText)((module: string) => jest.requireActual(module), exported);
  if (exported.Fixture === undefined) throw new Error(`the fixture ${fixture} must define a class Fixture`);
  return exported.Fixture;
}
