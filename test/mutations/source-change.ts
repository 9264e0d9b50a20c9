import { join } from 'node:path';

export const HANDLER_SOURCE = join(__dirname, '..', '..', 'src', 'handler');

/** A change of the handler's source, by its text. */
export interface SourceChange {
  /** In src/handler. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Makes a change in the text of its file. */
export function changeSource(source: string, { file, find, replace }: SourceChange): string {
  if (source.split(find).length !== 2) throw new Error(`${file} must have the text to change once: ${find}`);
  return source.replace(find, () => replace);
}
