import { RecentCreations } from '../../src/handler/recent-creations';

const CREATED_AT = Date.parse('2026-11-25T10:00:05.250Z');

test('answers for pushes of whole seconds before the creation', () => {
  const recent = new RecentCreations();
  recent.add('a/b', new Date(CREATED_AT));
  expect([1_000, 999, 0, -1].map(before => recent.answers('a/b', CREATED_AT - before))).toEqual([true, false, false, false]);
  expect(recent.answers('a/b', undefined)).toBe(false);
  expect(recent.answers('a', CREATED_AT - 5_000)).toBe(false);
});

test('keeps the last creation of a name', () => {
  const recent = new RecentCreations();
  recent.add('a/b', new Date(CREATED_AT));
  recent.add('a/b', new Date(CREATED_AT + 60_000));
  expect(recent.answers('a/b', CREATED_AT + 30_000)).toBe(true);
});

test('forgets the oldest of many', () => {
  const recent = new RecentCreations();
  for (let index = 0; index <= 10_000; index++) {
    recent.add(`a/${index}`, new Date(CREATED_AT));
    // Created again: the newest.
    recent.add('a/again', new Date(CREATED_AT));
  }
  const known = (name: string) => recent.answers(name, CREATED_AT - 5_000);
  expect([known('a/0'), known('a/1'), known('a/2'), known('a/10000'), known('a/again')]).toEqual([false, false, true, true, true]);
});
