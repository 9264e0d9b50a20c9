import { eventMatcher } from './event-pattern';
import type { JsonObject } from './json';

const matches = (pattern: unknown, event: JsonObject) => eventMatcher(pattern)(event);

const event = {
  source: 'aws.ecr',
  count: 7,
  flag: true,
  nothing: null,
  none: [],
  names: ['alpha', 'Beta'],
  detail: { errorCode: 'RepositoryNotFoundException', requestParameters: { repositoryName: 'backend/api' } },
  resources: [{ ARN: 'arn:1', accountId: '1' }, { ARN: 'arn:2', accountId: '2', type: 'x', tags: ['red', 'green'] }],
  nested: [[{ left: 1 }, { right: 2 }], [{ left: 3, right: 4 }], 5],
};

describe.each<[string, unknown, unknown]>([
  ['exact string', { source: ['aws.ec2', 'aws.ecr'] }, { source: ['aws.ec'] }],
  ['exact number', { count: [7] }, { count: ['7'] }],
  ['exact boolean', { flag: [true] }, { flag: [false] }],
  ['exact null', { nothing: [null] }, { count: [null] }],
  ['absent is not null', { missing: [{ exists: false }] }, { missing: [null] }],
  ['all fields', { source: ['aws.ecr'], count: [7] }, { source: ['aws.ecr'], count: [8] }],
  ['nested objects', { detail: { requestParameters: { repositoryName: ['backend/api'] } } }, { detail: { requestParameters: ['backend/api'] } }],
  ['any element of a list', { names: ['Beta'] }, { names: ['beta'] }],
  ['one object of a list for all fields', { resources: { ARN: ['arn:2'], accountId: ['2'] } }, { resources: { ARN: ['arn:1'], accountId: ['2'] } }],
  ['prefix', { names: [{ prefix: 'Be' }] }, { names: [{ prefix: 'be' }] }],
  ['prefix of a number', { source: [{ prefix: '' }] }, { count: [{ prefix: '7' }] }],
  ['prefix without case', { names: [{ prefix: { 'equals-ignore-case': 'bE' } }] }, { names: [{ prefix: { 'equals-ignore-case': 'c' } }] }],
  ['suffix', { source: [{ suffix: '.ecr' }] }, { source: [{ suffix: 'aws' }] }],
  ['suffix without case', { source: [{ suffix: { 'equals-ignore-case': 'ECR' } }] }, { source: [{ suffix: { 'equals-ignore-case': 'S' } }] }],
  ['equals without case', { source: [{ 'equals-ignore-case': 'AWS.ECR' }] }, { source: [{ 'equals-ignore-case': 'AWS' }] }],
  ['wildcard', { detail: { requestParameters: { repositoryName: [{ wildcard: '*end/a*' }] } } }, { source: [{ wildcard: 'aws.ec*2' }] }],
  ['wildcard of everything', { source: [{ wildcard: '*' }] }, { count: [{ wildcard: '*' }] }],
  ['anything but a string', { source: [{ 'anything-but': 'aws' }] }, { source: [{ 'anything-but': 'aws.ecr' }] }],
  ['anything but strings', { source: [{ 'anything-but': ['aws', 'ecr'] }] }, { source: [{ 'anything-but': ['aws', 'aws.ecr'] }] }],
  ['anything but a number', { count: [{ 'anything-but': [6, 8] }] }, { count: [{ 'anything-but': 7 }] }],
  ['anything but, of an element', { names: [{ 'anything-but': 'alpha' }] }, { names: [{ 'anything-but': ['alpha', 'Beta'] }] }],
  ['anything but a prefix', { source: [{ 'anything-but': { prefix: 'ecr' } }] }, { source: [{ 'anything-but': { prefix: 'aws' } }] }],
  ['anything but suffixes', { source: [{ 'anything-but': { suffix: ['a', 'b'] } }] }, { source: [{ 'anything-but': { suffix: ['a', 'r'] } }] }],
  ['anything but a prefix, of a number', { count: [{ 'anything-but': { prefix: 'a' } }] }, { missing: [{ 'anything-but': { prefix: 'a' } }] }],
  ['anything but, of an absent field', { source: [{ 'anything-but': 'x' }] }, { missing: [{ 'anything-but': 'x' }] }],
  ['exists', { source: [{ exists: true }] }, { missing: [{ exists: true }] }],
  ['exists, of null', { nothing: [{ exists: true }] }, { nothing: [{ exists: false }] }],
  ['exists, of what is no leaf', { detail: [{ exists: false }] }, { detail: [{ exists: true }] }],
  ['exists, of an empty list', { none: [{ exists: false }] }, { none: [{ exists: true }] }],
  ['exists, in a parent that is missing', { missing: { field: [{ exists: false }] } }, { missing: { field: [{ exists: true }] } }],
  ['exists, in any object of a list', { resources: { type: [{ exists: true }] } }, { resources: { type: [{ exists: false }] } }],
  ['a value or absent', { detail: { requestParameters: { registryId: ['1', { exists: false }] } } }, { detail: { errorCode: ['1', { exists: false }] } }],
  ['numeric', { count: [{ numeric: ['>', 6, '<=', 7] }] }, { count: [{ numeric: ['>', 6, '<', 7] }] }],
  ['numeric equality', { count: [{ numeric: ['=', 7] }] }, { count: [{ numeric: ['>=', 7.5] }] }],
  ['numeric, of a string', { count: [{ numeric: ['>=', 7] }] }, { source: [{ numeric: ['>', 0] }] }],
  ['$or', { $or: [{ source: ['x'] }, { count: [7] }] }, { $or: [{ source: ['x'] }, { count: [8] }] }],
  [
    '$or inside',
    { detail: { $or: [{ errorCode: [{ suffix: 'Exception' }] }, { eventName: ['x'] }] } },
    { detail: { $or: [{ errorCode: ['x'] }, { errorCode: ['y'] }] } },
  ],
  ['$or in $or', { $or: [{ source: ['x'] }, { $or: [{ count: [8] }, { flag: [true] }] }] }, { $or: [{ source: ['x'] }, { $or: [{ count: [8] }, { flag: [false] }] }] }],
  ['keys joined with a dot', { 'detail.errorCode': [{ exists: true }] }, { 'detail.requestParameters': { repositoryName: ['x'] } }],
  ['a list in an element', { resources: { accountId: ['2'], tags: ['green'] } }, { resources: { accountId: ['1'], tags: ['green'] } }],
  ['lists in a list', { nested: { left: [3], right: [4] } }, { nested: { left: [1], right: [4] } }],
  ['lists in a list, different elements', { nested: { left: [1] } }, { nested: { left: [1], right: [2] } }],
  // The paths are tried in order: where the account is known, its element has to have no type; where it is not yet, no element may.
  ['absence, in the element found before', { resources: { accountId: ['1'], type: [{ exists: false }] } }, { resources: { accountId: ['2'], type: [{ exists: false }] } }],
  ['absence, before an element is found', { resources: { ARN: ['arn:1'], aaa: [{ exists: false }] } }, { 'resources': { type: [{ exists: false }] }, 'resources.zzz': [{ exists: true }] }],
  ['without case, each character in upper or lower case', { names: [{ 'equals-ignore-case': 'BETA' }] }, { source: [{ 'equals-ignore-case': 'awſ.ecr' }] }],
  ['the prototype is no field', { constructor: [{ exists: false }] }, { constructor: { name: ['Object'] } }],
])('%s', (_, matching, other) => {
  test('matches', () => expect(matches(matching, event)).toBe(true));
  test('does not match', () => expect(matches(other, event)).toBe(false));
});

test('a wildcard can be escaped', () => {
  expect(matches({ name: [{ wildcard: 'a\\*\\\\*' }] }, { name: 'a*\\b' })).toBe(true);
  expect(matches({ name: [{ wildcard: 'a\\*\\\\*' }] }, { name: 'ab\\b' })).toBe(false);
  expect(matches({ name: [{ wildcard: 'a.*' }] }, { name: 'abc' })).toBe(false);
});

test('the pattern of a failed push in one\'s own registry', () => {
  const pattern = {
    source: ['aws.ecr'],
    detail: {
      eventName: ['InitiateLayerUpload', 'PutImage'],
      errorCode: ['RepositoryNotFoundException'],
      requestParameters: { repositoryName: [{ prefix: 'backend/' }, { prefix: 'frontend/' }], registryId: ['123456789012', { exists: false }] },
    },
  };
  const push = (requestParameters: object, detail: object = {}) => ({
    source: 'aws.ecr', detail: { eventName: 'PutImage', errorCode: 'RepositoryNotFoundException', requestParameters, ...detail },
  });
  expect(matches(pattern, push({ repositoryName: 'backend/api', registryId: '123456789012' }))).toBe(true);
  expect(matches(pattern, push({ repositoryName: 'frontend/web' }))).toBe(true);
  expect(matches(pattern, push({ repositoryName: 'backend/api', registryId: null }))).toBe(false);
  expect(matches(pattern, push({ repositoryName: 'backend/api', registryId: '210987654321' }))).toBe(false);
  expect(matches(pattern, push({ repositoryName: 'other/api' }))).toBe(false);
  expect(matches(pattern, push({ repositoryName: 'backend/api' }, { errorCode: undefined }))).toBe(false);
});

describe('fails when', () => {
  test.each<[string, unknown, string]>([
    ['the pattern is no object', ['x'], 'an event pattern must be an object, got ["x"]'],
    ['the pattern is empty', {}, 'must have no empty object'],
    ['a part is empty', { detail: {} }, 'must have no empty object'],
    ['a list is empty', { source: [] }, 'the pattern\'s list at source is empty'],
    ['a value is not in a list', { source: 'aws.ecr' }, 'the pattern\'s values must be in a list, got "aws.ecr" at source'],
    ['an operator is unknown', { source: [{ cidr: '10.0.0.0/8' }] }, 'the pattern\'s operator cidr is not known'],
    ['an operator is unknown where matching does not come', { source: ['x'], detail: { a: { b: [{ foo: 1 }] } } }, 'operator foo is not known'],
    ['an operator of anything-but is unknown', { source: [{ 'anything-but': { cidr: 'x' } }] }, 'operator cidr is not known'],
    ['there are two operators', { source: [{ prefix: 'a', suffix: 'b' }] }, 'more than one operator'],
    ['anything-but has two operators', { source: [{ 'anything-but': { prefix: 'a', suffix: 'b' } }] }, 'more than one operator'],
    ['anything-but mixes types', { source: [{ 'anything-but': ['a', 1] }] }, 'anything-but takes strings or numbers'],
    ['anything-but is of null', { source: [{ 'anything-but': null }] }, 'anything-but takes strings or numbers'],
    ['anything-but is of nothing', { source: [{ 'anything-but': [] }] }, 'anything-but takes strings or numbers'],
    ['a list is in a list', { source: [['a']] }, 'a list in a list'],
    ['prefix is a number', { source: [{ prefix: 1 }] }, 'prefix takes a string, got 1'],
    ['prefix is of another operator', { source: [{ prefix: { suffix: 'a' } }] }, 'prefix takes a string or equals-ignore-case'],
    ['exists is a string', { source: [{ exists: 'true' }] }, 'exists must be true or false, got "true"'],
    ['numeric has no number', { count: [{ numeric: ['>', '1'] }] }, 'numeric takes comparisons and numbers'],
    ['numeric has no comparison', { count: [{ numeric: ['~', 1] }] }, 'numeric takes comparisons and numbers'],
    ['numeric is incomplete', { count: [{ numeric: ['>'] }] }, 'numeric takes one or two comparisons'],
    ['wildcards follow each other', { source: [{ wildcard: 'a**' }] }, 'wildcard takes no two * in a row'],
    ['there is no operator', { source: [{}] }, 'the pattern has no operator in {}'],
    ['a value is an IP address', { source: ['10.0.0.1'] }, 'an IP address as a value is not known, got 10.0.0.1'],
    ['a value is an IP address of version 6', { source: ['fe80::1'] }, 'an IP address as a value is not known, got fe80::1'],
    ['case is ignored of a character outside the basic plane', { source: [{ 'equals-ignore-case': 'x𝐀' }] }, 'without regard to case, 𝐀 is not known'],
    ['anything-but is of an empty prefix', { source: [{ 'anything-but': { prefix: '' } }] }, 'anything-but takes no empty prefix'],
    ['anything-but is of no suffix', { source: [{ 'anything-but': { suffix: [] } }] }, 'anything-but takes at least one suffix, got none'],
    ['anything-but is of a prefix without case', { source: [{ 'anything-but': { prefix: { 'equals-ignore-case': 'a' } } }] }, 'prefix takes a string, got'],
    ['a numeric range is empty', { count: [{ numeric: ['>', 7, '<', 7] }] }, 'numeric takes a range from a lower to a higher limit'],
    ['a numeric range is the wrong way round', { count: [{ numeric: ['<', 9, '>', 7] }] }, 'numeric takes a range from a lower to a higher limit'],
    ['a numeric comparison is no list', { count: [{ numeric: 7 }] }, 'numeric takes one or two comparisons'],
    ['$or is a field', { $or: ['x'] }, 'the pattern\'s $or must be a list of at least two objects, got ["x"]'],
    ['$or has one alternative', { $or: [{ source: ['x'] }] }, 'the pattern\'s $or must be a list of at least two objects'],
    ['$or has an operator as a field', { $or: [{ source: ['x'] }, { detail: { prefix: ['x'] } }] }, 'no field with the name of an operator, got prefix'],
    ['a path is there and in $or', { source: ['x'], $or: [{ source: ['y'] }, { count: [7] }] }, 'the pattern has the path source more than once'],
    ['a path is there twice', { 'detail.errorCode': ['x'], 'detail': { errorCode: ['y'] } }, 'the pattern has the path detail.errorCode more than once'],
    ['a wildcard escapes something else', { source: [{ wildcard: 'a\\b' }] }, 'wildcard escapes only * and \\'],
  ])('%s', (_, pattern, message) => {
    expect(() => matches(pattern, event)).toThrow(message);
  });
});
