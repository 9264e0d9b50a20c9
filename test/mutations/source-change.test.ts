import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeSource, HANDLER_SOURCE } from './source-change';
import { MUTATIONS as OF_FAULTS } from '../faults/mutations';
import { MUTATIONS as OF_FUZZING } from '../fuzz/mutations';

// They are tried by `npm run test:mutations`, which takes longer than a test may.
test.each([...OF_FAULTS, ...OF_FUZZING])('can be made: $fault', ({ file, find, replace }) => {
  const source = readFileSync(join(HANDLER_SOURCE, file), 'utf8');
  expect(changeSource(source, { file, find, replace })).not.toBe(source);
});

test.each([['missing', 'nothing of it'], ['ambiguous', 'a']])('fails when the text is %s', (_case, find) => {
  expect(() => changeSource('a = a', { file: 'x.ts', find, replace: '' })).toThrow(`x.ts must have the text to change once: ${find}`);
});
