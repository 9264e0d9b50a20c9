import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { undocumented } from './public-docs';

test('every public type, member and parameter is documented', () => {
  expect(undocumented(join(__dirname, '..', '..', 'src', 'index.ts'))).toEqual([]);
});

describe('what is missing is found', () => {
  let directory: string;
  beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'docs-')); });
  afterEach(() => rmSync(directory, { recursive: true }));

  function check(source: string, index = "export * from './types';"): string[] {
    writeFileSync(join(directory, 'index.ts'), index);
    writeFileSync(join(directory, 'types.ts'), source);
    return undocumented(join(directory, 'index.ts'));
  }

  test.each([
    ['a type', 'export interface A {}', ['A: no description']],
    ['an empty docstring', '/** */ export interface A {}', ['A: no description']],
    ['a comment of another kind', '// A thing.\nexport interface A {}', ['A: no description']],
    ['a property', '/** A. */ export interface A { readonly b: string }', ['A.b: no description']],
    ['a default', '/** A. */ export interface A {\n/** B. */ readonly b?: string }', ['A.b: no @default']],
    ['the text of a default', '/** A. */ export interface A {\n/**\n * B.\n * @default\n */ readonly b?: string }', ['A.b: no @default']],
    ['a method', '/** A. */ export class A { public b(): void {} }', ['A.b: no description']],
    ['a static member', '/** A. */ export class A { public static readonly B = 1; }', ['A.B: no description']],
    ['a getter', '/** A. */ export class A { public get b() { return 1; } }', ['A.b: no description']],
    ['a constructor', '/** A. */ export class A { constructor() {} }', ['A.constructor: no description']],
    ['a parameter', '/** A. */ export class A {\n/** B.\n * @param c the c\n */ public b(c: string, d: string): void {} }', ['A.b: no @param d']],
    ['the text of a parameter', '/** A. */ export class A {\n/** B.\n * @param c\n */ public b(c: string): void {} }', ['A.b: no @param c']],
    ['a member of an enum', '/** A. */ export enum A { B }', ['A.B: no description']],
    ['a reference', '/** A. */ export interface A {\n/** B, from 1 to 5. */ readonly b: number }', ['A.b: no @see for its limit']],
  ])('%s', (_what, source, missing) => {
    expect(check(source)).toEqual(missing);
  });

  test('a kind of declaration that is not known', () => {
    expect(check('/** A. */ export const A = 1;')).toHaveLength(1);
    expect(check('', 'export const A = 1;')).toHaveLength(1);
  });

  test.each([
    ['is private', '/** A. */ export class A { private readonly b = 1; }'],
    ['is internal', '/** A. */ export class A {\n/** @internal */ public b = 1; }'],
    ['is not exported', 'interface A {}'],
    ['is complete', '/** A. */ export interface A {\n/** B, 5 at most.\n * @see https://example.com\n * @default 1\n */ readonly b?: number }'],
  ])('and nothing of what %s', (_what, source) => {
    expect(check(source)).toEqual([]);
  });

  test('of a file, only what the index exports by name', () => {
    expect(check('export interface A {}\nexport interface B {}', "export type { B } from './types';")).toEqual(['B: no description']);
  });
});
