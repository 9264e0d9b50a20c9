import { coarsened, coarsenedUntil, withoutCovered } from '../src/common-prefixes';

test('drops what another prefix covers', () => {
  expect(withoutCovered(['b/', 'a/x', 'a/', 'a/y/z', 'b/c', 'ba'])).toEqual(['a/', 'b/', 'ba']);
  expect(withoutCovered([''])).toEqual(['']);
});

test('joins the two with the longest common beginning', () => {
  expect(coarsened(['team-a/api', 'team-a/app', 'team-b/', 'z/'])).toEqual(['team-a/ap', 'team-b/', 'z/']);
  expect(coarsened(['team-a/ap', 'team-b/', 'z/'])).toEqual(['team-', 'z/']);
});

test('joins all that the common beginning covers', () => {
  expect(coarsened(['a/1', 'a/2', 'a/3', 'b/'])).toEqual(['a/', 'b/']);
});

test('ends with every name', () => {
  expect(coarsened(['a/', 'b/'])).toEqual(['']);
  expect(coarsened([''])).toEqual(['']);
});

test('stops as soon as the prefixes fit, or there is one left', () => {
  expect(coarsenedUntil(['a/1', 'b/1', 'b/2'], () => true)).toEqual(['a/1', 'b/1', 'b/2']);
  expect(coarsenedUntil(['a/1', 'b/1', 'b/2'], prefixes => prefixes.length < 3)).toEqual(['a/1', 'b/']);
  expect(coarsenedUntil(['a/1', 'b/1', 'b/2'], () => false)).toEqual(['']);
});

test('never loses a name', () => {
  let prefixes = withoutCovered(Array.from({ length: 200 }, (_, index) => `t${index % 7}/s${index % 13}/n${index}/`));
  const all = prefixes;
  while (prefixes.length > 1) {
    const next = coarsened(prefixes);
    expect(next.length).toBeLessThan(prefixes.length);
    expect(all.filter(name => !next.some(prefix => name.startsWith(prefix)))).toEqual([]);
    expect(next).toEqual(withoutCovered(next));
    prefixes = next;
  }
});
