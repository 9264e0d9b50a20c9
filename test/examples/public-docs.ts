import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as ts from 'typescript';

/** Numbers of which a reader may ask where they come from. */
const LIMIT = /\b(at most|at least|no more than|up to \d|from \d|\d to \d)/;

/**
 * What is undocumented in the public API of a package: each line names the member and what it lacks.
 *
 * Every public type, member and parameter must have a description, every optional property of an interface a default, and whatever states a
 * limit a reference.
 *
 * @param index The file whose exports are the public API: `export * from` and `export { … } from` files beside it.
 */
export function undocumented(index: string): string[] {
  return parse(index).statements.flatMap(statement => {
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined) return [`${index}: ${statement.getText()} is no export from a file`];
    const file = parse(join(dirname(index), `${(statement.moduleSpecifier as ts.StringLiteral).text}.ts`));
    const named = statement.exportClause && ts.isNamedExports(statement.exportClause)
      ? statement.exportClause.elements.map(({ name }) => name.text)
      : undefined;
    return file.statements.filter(isExported).filter(declaration => named === undefined || named.includes(nameOf(declaration))).flatMap(checkType);
  });
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
}

function isExported(statement: ts.Statement): boolean {
  return ts.canHaveModifiers(statement) && hasModifier(statement, ts.SyntaxKind.ExportKeyword);
}

function hasModifier(node: ts.HasModifiers, kind: ts.SyntaxKind): boolean {
  return ts.getModifiers(node)?.some(modifier => modifier.kind === kind) === true;
}

function nameOf(node: ts.Node): string {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  return (node as ts.NamedDeclaration).name?.getText() ?? '';
}

function checkType(declaration: ts.Statement): string[] {
  const name = nameOf(declaration);
  if (!ts.isClassDeclaration(declaration) && !ts.isInterfaceDeclaration(declaration) && !ts.isEnumDeclaration(declaration)) {
    return [`${name}: ${ts.SyntaxKind[declaration.kind]} is none of the public kinds`];
  }
  const members = [...declaration.members as ts.NodeArray<ts.Node>].filter(isPublic);
  return [...check(name, declaration), ...members.flatMap(member => checkMember(`${name}.${nameOf(member)}`, member))];
}

function isPublic(member: ts.Node): boolean {
  if (ts.getJSDocTags(member).some(({ tagName }) => tagName.text === 'internal')) return false;
  return !ts.canHaveModifiers(member) || !hasModifier(member, ts.SyntaxKind.PrivateKeyword);
}

function checkMember(name: string, member: ts.Node): string[] {
  const missing = check(name, member);
  if (ts.isPropertySignature(member) && member.questionToken !== undefined && textOf(tagsOf(member, 'default')) === '') missing.push(`${name}: no @default`);
  if (ts.isFunctionLike(member)) {
    for (const parameter of member.parameters) {
      const described = ts.getJSDocParameterTags(parameter).some(({ comment }) => text(comment) !== '');
      if (!described) missing.push(`${name}: no @param ${nameOf(parameter)}`);
    }
  }
  return missing;
}

function check(name: string, node: ts.Node): string[] {
  const description = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).map(({ comment }) => text(comment)).join('\n');
  return [
    ...(description === '' ? [`${name}: no description`] : []),
    ...(LIMIT.test(description) && textOf(tagsOf(node, 'see')) === '' ? [`${name}: no @see for its limit`] : []),
  ];
}

function tagsOf(node: ts.Node, name: string): ts.JSDocTag[] {
  return ts.getJSDocTags(node).filter(({ tagName }) => tagName.text === name);
}

function textOf(tags: ts.JSDocTag[]): string {
  return tags.map(tag => tag.getText().replace(/^@\w+/, '').replace(/^[\s*]+|[\s*]+$/g, '')).join('\n');
}

function text(comment: ts.JSDoc['comment']): string {
  return ts.getTextOfJSDocComment(comment)?.trim() ?? '';
}
