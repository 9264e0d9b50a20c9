import { evaluate } from './iam';
import type { RequestContext } from './iam-conditions';
import { Statement, statementsOf } from './policy-document';

const ARN = 'arn:aws:ecr:eu-central-1:123456789012:repository/backend/api';

function decide(statements: object | object[], context: RequestContext = {}, action = 'ecr:CreateRepository', resource = ARN) {
  return evaluate(statementsOf({ Statement: statements }), { action, resource, context });
}

function allow(overrides: Partial<Statement> = {}): object {
  return { Effect: 'Allow', Action: 'ecr:CreateRepository', Resource: ARN, ...overrides };
}

function allowIf(condition: Statement['Condition'], context: RequestContext) {
  return decide(allow({ Condition: condition }), context) === 'allowed';
}

describe('decision', () => {
  test('nothing is allowed by nobody', () => expect(decide([])).toBe('implicitDeny'));
  test('an allow suffices', () => expect(decide(allow())).toBe('allowed'));
  test('a deny wins, wherever it is', () => {
    expect(decide([allow(), allow({ Effect: 'Deny' })])).toBe('explicitDeny');
    expect(decide([allow({ Effect: 'Deny' }), allow()])).toBe('explicitDeny');
  });
  test('a deny of something else does not matter', () => expect(decide([allow(), allow({ Effect: 'Deny', Action: 'ecr:PutImage' })])).toBe('allowed'));
});

describe.each<[string, Partial<Statement>, boolean]>([
  ['actions are case-insensitive', { Action: ['ECR:createrepository'] }, true],
  ['an action has wildcards', { Action: 'ecr:Create*' }, true],
  ['an action has a wildcard for one character', { Action: 'ecr:CreateRepositor?' }, true],
  ['an action is compared whole', { Action: 'ecr:Create' }, false],
  ['all actions', { Action: '*' }, true],
  ['all actions but this', { Action: undefined, NotAction: 'ecr:CreateRepository' }, false],
  ['all actions but another', { Action: undefined, NotAction: ['ecr:PutImage'] }, true],
  ['resources are case-sensitive', { Resource: ARN.toUpperCase() }, false],
  ['a wildcard spans segments', { Resource: 'arn:aws:*api' }, true],
  ['a wildcard for one character', { Resource: ARN.replace('api', 'ap?') }, true],
  ['a wildcard needs its character', { Resource: `${ARN}?` }, false],
  ['one of several resources', { Resource: ['arn:x', `${ARN}*`] }, true],
  ['other characters stand for themselves', { Resource: ARN.replace('backend', '.......') }, false],
  ['all resources but this', { Resource: undefined, NotResource: `${ARN}*` }, false],
  ['all resources but another', { Resource: undefined, NotResource: 'arn:x' }, true],
  ['no resource at all', { Resource: undefined }, false],
])('%s', (_, overrides, allowed) => {
  test(`is ${allowed ? '' : 'not '}allowed`, () => expect(decide(allow(overrides))).toBe(allowed ? 'allowed' : 'implicitDeny'));
});

describe('conditions', () => {
  test.each<[string, string | string[], string, boolean]>([
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', ['b', 'a'], 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringEquals', 'a*', 'ab', false],
    ['StringNotEquals', 'a', 'b', true],
    ['StringNotEquals', ['a', 'b'], 'b', false],
    ['StringEqualsIgnoreCase', 'a', 'A', true],
    ['StringEqualsIgnoreCase', 'a', 'b', false],
    ['StringNotEqualsIgnoreCase', 'a', 'A', false],
    ['StringLike', 'a*c?', 'abbcd', true],
    ['StringLike', 'a*c?', 'abbc', false],
    ['StringNotLike', 'a*', 'b', true],
    ['StringNotLike', 'a*', 'ab', false],
    ['ArnLike', 'arn:aws:events:*:123456789012:rule/*', 'arn:aws:events:eu-central-1:123456789012:rule/a', true],
    ['ArnLike', 'arn:aws:*:rule/*', 'arn:aws:events:eu-central-1:123456789012:rule/a', false],
    ['ArnLike', 'arn:aws:logs:r:1:log-group:*', 'arn:aws:logs:r:1:log-group:a:log-stream:b', true],
    ['ArnEquals', 'arn:aws:sqs:r:1:q*', 'arn:aws:sqs:r:1:queue', true],
    ['ArnEquals', 'arn:aws:sqs:r:1:q', 'arn:aws:sqs:r:1:queue', false],
    ['ArnNotLike', 'arn:aws:sqs:r:1:q', 'arn:aws:sqs:r:1:p', true],
    ['ArnNotEquals', 'arn:aws:sqs:r:1:q', 'arn:aws:sqs:r:1:q', false],
    ['Bool', 'true', 'true', true],
    ['Bool', 'false', 'true', false],
    ['Null', 'true', 'a', false],
    ['Null', 'false', 'a', true],
  ])('%s %j of %s is %s', (operator, expected, actual, holds) => {
    expect(allowIf({ [operator]: { 'aws:Key': expected } }, { 'aws:Key': actual })).toBe(holds);
  });

  test.each<[string, boolean]>([
    ['StringEquals', false], ['StringLike', false], ['ArnLike', false], ['Bool', false],
    ['StringNotEquals', true], ['StringNotLike', true], ['ArnNotLike', true],
    ['StringEqualsIfExists', true], ['ArnLikeIfExists', true], ['StringNotEqualsIfExists', true],
    ['ForAllValues:StringEquals', true], ['ForAnyValue:StringEquals', false], ['ForAnyValue:StringNotEquals', false],
  ])('%s of an absent key is %s', (operator, holds) => {
    expect(allowIf({ [operator]: { 'aws:Key': 'x' } }, {})).toBe(holds);
  });

  test('IfExists compares a key that is there', () => {
    expect(allowIf({ StringEqualsIfExists: { 'aws:Key': 'a' } }, { 'aws:Key': 'b' })).toBe(false);
  });

  test('Null asks for absence', () => {
    expect(allowIf({ Null: { 'aws:Key': 'true' } }, {})).toBe(true);
    expect(allowIf({ Null: { 'aws:Key': true } }, {})).toBe(true);
    expect(allowIf({ Null: { 'aws:Key': 'false' } }, {})).toBe(false);
  });

  test.each<[string, string[], boolean]>([
    ['ForAllValues:StringEquals', ['a', 'b'], true],
    ['ForAllValues:StringEquals', ['a', 'c'], false],
    ['ForAllValues:StringNotEquals', ['c', 'd'], true],
    ['ForAllValues:StringNotEquals', ['a', 'd'], false],
    ['ForAnyValue:StringLike', ['c', 'a'], true],
    ['ForAnyValue:StringLike', ['c', 'd'], false],
  ])('%s of %j is %s', (operator, keys, holds) => {
    expect(allowIf({ [operator]: { 'aws:TagKeys': ['a', 'b'] } }, { 'aws:TagKeys': keys })).toBe(holds);
  });

  test('keys are case-insensitive', () => {
    expect(allowIf({ StringEquals: { 'AWS:requesttag/Team': 'x' } }, { 'aws:RequestTag/team': 'x' })).toBe(true);
  });

  test('all operators and all keys have to hold', () => {
    const context = { 'aws:A': '1', 'aws:B': '2' };
    expect(allowIf({ StringEquals: { 'aws:A': '1', 'aws:B': '2' }, StringLike: { 'aws:A': '*' } }, context)).toBe(true);
    expect(allowIf({ StringEquals: { 'aws:A': '1', 'aws:B': '3' } }, context)).toBe(false);
    expect(allowIf({ StringEquals: { 'aws:A': '1' }, StringLike: { 'aws:B': '3' } }, context)).toBe(false);
  });
});

describe('fails when', () => {
  test('an operator is unknown', () => {
    expect(() => allowIf({ NumericLessThan: { 'aws:A': '1' } }, { 'aws:A': '0' })).toThrow('the condition operator NumericLessThan is not known');
    expect(() => allowIf({ 'ForSomeValues:StringLike': { 'aws:A': '1' } }, {})).toThrow('the condition operator ForSomeValues:StringLike is not known');
  });

  test('a key with many values is compared as one', () => {
    expect(() => allowIf({ StringEquals: { 'aws:TagKeys': 'a' } }, { 'aws:TagKeys': ['a'] })).toThrow('StringEquals needs ForAllValues: or ForAnyValue:');
  });

  test('there is a policy variable', () => {
    expect(() => allowIf({ StringEquals: { 'aws:A': '${aws:username}' } }, {})).toThrow('policy variables are not supported');
    expect(() => decide(allow({ Resource: 'arn:${aws:username}' }))).toThrow('policy variables are not supported');
  });

  test.each<[string, unknown, string]>([
    ['a document', 'text', 'expected a document, got "text"'],
    ['a statement', { Statement: ['x'] }, 'expected a statement, got "x"'],
    ['an effect', { Statement: { Action: '*', Resource: '*' } }, 'expected Effect Allow or Deny'],
    ['an action', { Statement: { Effect: 'Allow', Resource: '*' } }, 'expected either Action or NotAction'],
    ['actions both ways', { Statement: { Effect: 'Allow', Action: '*', NotAction: '*' } }, 'expected either Action or NotAction'],
    ['resources both ways', { Statement: { Effect: 'Allow', Action: '*', Resource: '*', NotResource: '*' } }, 'expected either Resource or NotResource'],
    ['an action without a service', { Statement: { Effect: 'Allow', Action: 'CreateRepository' } }, 'expected actions like service:Action'],
    ['an unknown key', { Statement: { Effect: 'Allow', Action: '*', Resources: '*' } }, 'expected a statement without Resources'],
    ['a condition', { Statement: { Effect: 'Allow', Action: '*', Condition: { Bool: 'x' } } }, 'expected conditions by operator and key'],
  ])('a policy is malformed: %s', (_, document, message) => {
    expect(() => statementsOf(document)).toThrow(message);
  });
});
