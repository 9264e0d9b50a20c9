import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as ts from 'typescript';
import { assemble, type HandlerModules, type HandlerUnderTest } from './handler-under-test';
import { changeSource, HANDLER_SOURCE, type SourceChange } from '../mutations/source-change';

const COMPILER_OPTIONS: ts.CompilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };

const requireElsewhere = createRequire(__filename);

/** The handler with changes in its source. The files stay as they are. */
export function mutatedHandler(changes: readonly SourceChange[]): HandlerUnderTest {
  const modules = new Map<string, Record<string, unknown>>();
  const load = (name: string): Record<string, unknown> => {
    const loaded = modules.get(name);
    if (loaded !== undefined) return loaded;
    const exports = {};
    modules.set(name, exports);
    const changed = changes.filter(({ file }) => file === `${name}.ts`).reduce(changeSource, readFileSync(join(HANDLER_SOURCE, `${name}.ts`), 'utf8'));
    const { outputText } = ts.transpileModule(changed, { compilerOptions: COMPILER_OPTIONS });
    // What the handler has from elsewhere is the same for all.
    const requireFrom = (path: string): unknown => path.startsWith('./') ? load(path.slice(2)) : requireElsewhere(path);
    new Function('require', 'exports', outputText)(requireFrom, exports);
    return exports;
  };
  const exported = ['configuration', 'recent-creations', 'handle-push-event', 'redrive'].map(load);
  return assemble(Object.assign({}, ...exported) as HandlerModules);
}
