import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';

const HANDLER = join(__dirname, '..', '..', '..', 'src', 'handler');
const SDK = /^@aws-sdk\/client-([a-z0-9-]+)$/;

/** The calls of AWS that the handler's sources make, as IAM names them, e.g. `ecr:CreateRepository`. */
export function handlerCalls(sources: readonly string[] = readSources()): string[] {
  return [...new Set(sources.flatMap(callsIn))].sort();
}

export function readSources(): string[] {
  return readdirSync(HANDLER).filter(file => file.endsWith('.ts')).map(file => readFileSync(join(HANDLER, file), 'utf8'));
}

/** Every command class that is imported from a client of the SDK: an import that nothing uses would not pass the linter. */
function callsIn(source: string): string[] {
  const calls: string[] = [];
  ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest).forEachChild(node => {
    if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return;
    const service = SDK.exec(node.moduleSpecifier.text)?.[1];
    const bindings = node.importClause?.namedBindings;
    if (service === undefined) return;
    if (bindings === undefined || !ts.isNamedImports(bindings)) throw new Error(`the commands of ${node.moduleSpecifier.text} must be imported by name`);
    for (const { name, propertyName } of bindings.elements) {
      const operation = /^(.+)Command$/.exec((propertyName ?? name).text)?.[1];
      if (operation !== undefined) calls.push(`${service}:${operation}`);
    }
  });
  return calls;
}
