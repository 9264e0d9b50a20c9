import { type CfnTag, Lazy } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import { EcrCreationTemplates, type RepositoryCreationOptions, type RepositorySettings } from '../src';
import { createStack } from './fixtures';
import { canBeginRepositoryName } from '../src/handler/repository-name';


/** The tag that tells settings apart, by the prefix of the template. */
function marks(props: RepositoryCreationOptions): Record<string, string | undefined> {
  const { templates } = new EcrCreationTemplates(createStack(), 'Templates', props);
  const markOf = (tags: unknown) => (tags as CfnTag[]).find(({ key }) => key === 'mark')?.value;
  return Object.fromEntries(templates.map(({ prefix, resourceTags }) => [prefix, markOf(resourceTags)]));
}

const marked = (mark: string): RepositorySettings => ({ tags: { mark } });
const override = (prefix: string, mark = prefix) => ({ prefix, settings: marked(mark) });
const defaults = { repositoryDefaults: marked('defaults') };

test.each<[string, RepositoryCreationOptions, Record<string, string>]>([
  ['every name', {}, { ROOT: 'defaults' }],
  ['every name and each override', { repositoryOverrides: [override('a/'), override('a/b/')] }, { 'ROOT': 'defaults', 'a': 'a/', 'a/b': 'a/b/' }],
  ['each allowed prefix', { allowedPrefixes: ['a/', 'b/c/'] }, { 'a': 'defaults', 'b/c': 'defaults' }],
  ['each allowed prefix, even inside another', { allowedPrefixes: ['a/b/', 'a/'] }, { 'a': 'defaults', 'a/b': 'defaults' }],
  ['an override inside an allowed prefix', { allowedPrefixes: ['a/x/'], repositoryOverrides: [override('a/x/y/')] }, { 'a/x': 'defaults', 'a/x/y': 'a/x/y/' }],
  ['an override that is an allowed prefix, once', { allowedPrefixes: ['a/', 'b/'], repositoryOverrides: [override('a/')] }, { a: 'a/', b: 'defaults' }],
  ['the allowed prefixes under an override, which applies to them', { allowedPrefixes: ['a/x/', 'a/y/', 'b/'], repositoryOverrides: [override('a/')] },
    { 'a/x': 'a/', 'a/y': 'a/', 'b': 'defaults' }],
  ['the allowed prefixes under several overrides, of which the longest applies', { allowedPrefixes: ['a/b/c/'], repositoryOverrides: [override('a/b/'), override('a/')] },
    { 'a/b/c': 'a/b/' }],
  ['an override inside and around allowed prefixes', { allowedPrefixes: ['a/x/', 'a/y/'], repositoryOverrides: [override('a/'), override('a/x/z/')] },
    { 'a/x': 'a/', 'a/x/z': 'a/x/z/', 'a/y': 'a/' }],
])('makes templates for %s', (_case, props, expected) => {
  expect(marks({ ...defaults, ...props })).toEqual(expected);
});

describe('an override that differs in nothing needs no template', () => {
  test('of its own', () => {
    expect(marks({ ...defaults, repositoryOverrides: [override('a/', 'defaults'), { prefix: 'b/', settings: {} }] })).toEqual({ ROOT: 'defaults' });
  });

  test('inside another that it is like', () => {
    expect(marks({ ...defaults, repositoryOverrides: [override('a/b/', 'a/'), override('a/')] })).toEqual({ ROOT: 'defaults', a: 'a/' });
  });

  test('but inside another that it is not like', () => {
    expect(marks({ ...defaults, repositoryOverrides: [override('a/'), override('a/b/', 'defaults')] })).toEqual({ 'ROOT': 'defaults', 'a': 'a/', 'a/b': 'defaults' });
  });

  test('though it says how to scan, which no template can', () => {
    expect(marks({ ...defaults, repositoryOverrides: [{ prefix: 'a/', settings: { imageScanOnPush: false } }] })).toEqual({ ROOT: 'defaults' });
  });

  test('where it names the same repository policy again, but another one may come to differ', () => {
    const repositoryPolicy = new iam.PolicyDocument();
    const repositoryDefaults = { ...marked('defaults'), repositoryPolicy };
    expect(marks({ repositoryDefaults, repositoryOverrides: [{ prefix: 'a/', settings: { repositoryPolicy } }] })).toEqual({ ROOT: 'defaults' });
    expect(marks({ repositoryDefaults, repositoryOverrides: [{ prefix: 'a/', settings: { repositoryPolicy: new iam.PolicyDocument() } }] }))
      .toEqual({ ROOT: 'defaults', a: 'defaults' });
  });

  test.each<[string, RepositorySettings]>([
    ['mutability', { imageTagMutability: ecr.TagMutability.IMMUTABLE }],
    ['exemptions', {
      imageTagMutability: ecr.TagMutability.MUTABLE_WITH_EXCLUSION, imageTagMutabilityExclusionFilters: [ecr.ImageTagMutabilityExclusionFilter.wildcard('x')],
    }],
    ['encryption', { encryption: ecr.RepositoryEncryption.KMS }],
    ['the lifecycle policy', { lifecycleRules: [{ maxImageCount: 1 }] }],
    ['tags', { tags: { other: 'x' } }],
  ])('but one that differs in %s does', (_case, settings) => {
    expect(Object.keys(marks({ repositoryOverrides: [{ prefix: 'a/', settings }] }))).toEqual(['ROOT', 'a']);
  });
});

describe('fails when given', () => {
  const OTHER_WAY = 'or let EcrAutoCreate create the repositories without creationTemplates';

  test.each<[string, RepositoryCreationOptions, string | RegExp]>([
    ['an allowed prefix without a slash', { allowedPrefixes: ['a/', 'team-a'] },
      `allowedPrefixes[1] must end with '/', because ECR ends a creation template's prefix with one, got 'team-a'; add the '/', ${OTHER_WAY}`],
    ['an override without a slash', { repositoryOverrides: [override('team-a')] },
      `repositoryOverrides[0].prefix must end with '/', because ECR ends a creation template's prefix with one, got 'team-a'; add the '/', ${OTHER_WAY}`],
    ['an override without a slash around allowed prefixes', { allowedPrefixes: ['team-a/'], repositoryOverrides: [override('team')] },
      /^repositoryOverrides\[0\]\.prefix must end with '\/', .* got 'team'; /],
    ['an allowed prefix with a token', { allowedPrefixes: [`${Lazy.string({ produce: () => 'a' })}/`] },
      `allowedPrefixes[0] must be known at synth, because a creation template is made for it, got a token; write the prefix out, ${OTHER_WAY}`],
    ['an override with a token', { repositoryOverrides: [override(Lazy.string({ produce: () => 'a/' }))] },
      /^repositoryOverrides\[0\]\.prefix must be known at synth, because a creation template is made for it, got a token; /],
  ])('%s', (_case, props, message) => {
    expect(() => marks(props)).toThrow(typeof message === 'string' ? new Error(message) : message);
  });
});

/** A generator that gives the same numbers in each run (Lehmer's). */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed * 1_000_003; ;) {
    state = state * 48_271 % 2_147_483_647;
    yield state;
  }
}

test('whatever the prefixes, templates make of each name what the policy says', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = numbers(seed);
    const below = (bound: number) => random.next().value % bound;
    const path = (depth: number) => Array.from({ length: depth }, () => 'ab'[below(2)]).join('/');
    const prefixes = (count: number) => [...new Set(Array.from({ length: count }, () => `${path(1 + below(4))}/`))];

    const allowedPrefixes = seed % 4 === 0 ? undefined : prefixes(1 + below(4));
    const repositoryOverrides = prefixes(below(6))
      .filter(prefix => allowedPrefixes?.some(allowed => prefix.startsWith(allowed) || allowed.startsWith(prefix)) ?? true)
      // Some are like others, or like the defaults.
      .map(prefix => override(prefix, ['defaults', 'x', prefix][below(3)]));
    const templates = marks({ ...defaults, allowedPrefixes, repositoryOverrides });

    for (let index = 0; index < 100; index++) {
      const name = `${path(below(6))}/n`.replace(/^\//, '');
      const longest = (candidates: string[]) =>
        candidates.filter(prefix => name.startsWith(prefix)).sort((left, right) => right.length - left.length).at(0);
      const allowed = allowedPrefixes?.some(prefix => name.startsWith(prefix)) ?? true;
      const applicable = longest(repositoryOverrides.map(({ prefix }) => prefix));
      const expected = repositoryOverrides.find(({ prefix }) => prefix === applicable)?.settings.tags?.mark ?? 'defaults';
      const template = longest(Object.keys(templates).filter(prefix => prefix !== 'ROOT').map(prefix => `${prefix}/`))?.slice(0, -1) ?? 'ROOT';
      expect([seed, name, templates[template]]).toEqual([seed, name, allowed ? expected : undefined]);
    }
  }
});

test('whatever the prefixes, each has a logical id of its own', () => {
  const random = numbers(7);
  const character = () => 'aab0-_./'[random.next().value % 8];
  const candidates = Array.from({ length: 4_000 }, () => `${Array.from({ length: 1 + random.next().value % 6 }, character).join('')}/`);
  const allowedPrefixes = [...new Set(candidates.filter(canBeginRepositoryName))].slice(0, 400);
  expect(allowedPrefixes.length).toBeGreaterThan(200);

  const stack = createStack();
  const { templates } = new EcrCreationTemplates(stack, 'Templates', { allowedPrefixes });
  expect(new Set(templates.map(({ logicalId }) => stack.resolve(logicalId))).size).toBe(allowedPrefixes.length);
});
