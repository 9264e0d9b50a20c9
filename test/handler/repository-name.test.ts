import { canBeginRepositoryName, isRepositoryName } from '../../src/handler/repository-name';

describe('a repository name', () => {
  test.each([
    'ab', 'a1', '1a', 'backend/payments', 'a/b/c', 'a.b', 'a_b', 'a__b', 'a-b', 'a--b', 'a---b', 'x'.repeat(256), `${'a/'.repeat(127)}ab`,
  ])('is accepted: %s', name => expect(isRepositoryName(name)).toBe(true));

  test.each([
    '', 'a', 'Backend', 'a b', 'a/', '/a', 'a//b', 'a..b', 'a___b', 'a._b', '-a', 'a-', '.a', 'ä', 'a\n', 'ab\n', 'a/../b', 'a:b', 'x'.repeat(257), 'ab\u0000',
  ])('is refused: %j', name => expect(isRepositoryName(name)).toBe(false));

  test('is judged in linear time', () => {
    const hostile = `${'a-'.repeat(127)}!`;
    const start = process.hrtime.bigint();
    for (let i = 0; i < 1_000; i++) isRepositoryName(hostile);
    const linear = process.hrtime.bigint() - start;
    // Backtracking over 127 separators would not end at all; a second is forgiving of any machine.
    expect(linear).toBeLessThan(1_000_000_000n);
  });
});

describe('a prefix', () => {
  test.each([
    'a', 'backend/', 'backend/pay', 'a-', 'a--', 'a.', 'a_', 'a__', 'a/b-', 'x'.repeat(256), `${'x'.repeat(255)}/`.slice(1),
  ])('can begin a name: %s', prefix => expect(canBeginRepositoryName(prefix)).toBe(true));

  test.each([
    '', '/', '/a', 'A', 'a//', 'a___', 'a..', '-', '_a', 'a/-', 'a*', 'a b', 'x'.repeat(257), `${'x'.repeat(255)}/`,
  ])('can begin none: %j', prefix => expect(canBeginRepositoryName(prefix)).toBe(false));

  test('of a name can begin a name', () => {
    const name = 'team-a/sub__b/c.d--e/f1';
    for (let length = 1; length <= name.length; length++) expect(canBeginRepositoryName(name.slice(0, length))).toBe(true);
  });
});
