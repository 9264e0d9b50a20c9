import { checkLifecyclePolicy, checkRepositoryPolicy } from './ecr-policies';

const RULE = { rulePriority: 1, selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 20 }, action: { type: 'expire' } };
const ANY = { tagStatus: 'any', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 30 };
const STATEMENT = { Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage' };

function lifecyclePolicy(...rules: unknown[]): string {
  return JSON.stringify({ rules }).padEnd(100);
}

describe('a lifecycle policy', () => {
  test.each<[string, object[]]>([
    ['one rule', [RULE]],
    ['any with the highest priority, wherever it stands', [{ ...RULE, rulePriority: 9, selection: ANY }, RULE]],
    ['tagged with prefixes', [{ ...RULE, selection: { ...ANY, tagStatus: 'tagged', tagPrefixList: ['v'] } }]],
    ['tagged with patterns', [{ ...RULE, selection: { ...ANY, tagStatus: 'tagged', tagPatternList: ['v*'] } }]],
    ['archiving, then expiring what is archived', [
      { rulePriority: 1, selection: { ...ANY, countType: 'sinceImagePulled' }, action: { type: 'transition', targetStorageClass: 'archive' } },
      { rulePriority: 2, selection: { ...ANY, countType: 'sinceImageTransitioned', storageClass: 'archive' }, action: { type: 'expire' } },
    ]],
  ])('is taken: %s', (_, rules) => {
    expect(() => checkLifecyclePolicy(lifecyclePolicy(...rules))).not.toThrow();
    expect(() => checkLifecyclePolicy(lifecyclePolicy(...rules).padEnd(30_720))).not.toThrow();
  });

  const selection = (change: object) => lifecyclePolicy({ ...RULE, selection: { ...ANY, ...change } });

  test.each<[string, string, string]>([
    ['it is too short', JSON.stringify({ rules: [{}] }), 'greater than or equal to 100'],
    ['it is too long', lifecyclePolicy(RULE).padEnd(30_721), 'less than or equal to 30720'],
    ['it is not JSON', 'x'.repeat(100), 'it is not JSON'],
    ['it is no object', '[]'.padEnd(100), 'it is not a JSON object'],
    ['it has no rules', lifecyclePolicy(), 'rules must be a non-empty array'],
    ['a rule is no object', lifecyclePolicy(1), 'a rule must be an object'],
    ['a priority is missing', lifecyclePolicy({ ...RULE, rulePriority: undefined }), 'rulePriority must be a positive integer'],
    ['a priority is zero', lifecyclePolicy({ ...RULE, rulePriority: 0 }), 'rulePriority must be a positive integer'],
    ['a priority comes twice', lifecyclePolicy(RULE, RULE), 'rulePriority 1 is used more than once'],
    ['a selection is missing', lifecyclePolicy({ ...RULE, selection: undefined }), 'a rule must have a selection'],
    ['an action is missing', lifecyclePolicy({ ...RULE, action: undefined }), 'a rule must have an action'],
    ['an action is unknown', lifecyclePolicy({ ...RULE, action: { type: 'keep' } }), 'action type must be expire or transition'],
    ['a transition has no target', lifecyclePolicy({ ...RULE, action: { type: 'transition' } }), 'transition needs targetStorageClass archive'],
    ['a transition is not by the last pull', lifecyclePolicy({ ...RULE, action: { type: 'transition', targetStorageClass: 'archive' } }), 'transition needs countType'],
    ['any is not last', lifecyclePolicy({ ...RULE, selection: ANY }, { ...RULE, rulePriority: 2 }), 'any must have the highest rulePriority'],
    ['any comes twice', lifecyclePolicy({ ...RULE, selection: ANY }, { ...RULE, rulePriority: 2, selection: ANY }), 'only one rule can have tagStatus any'],
    ['the tag status is unknown', selection({ tagStatus: 'all' }), 'tagStatus must be tagged, untagged or any'],
    ['tagged names no tags', selection({ tagStatus: 'tagged' }), 'tagged needs either'],
    ['tagged has an empty list', selection({ tagStatus: 'tagged', tagPrefixList: [] }), 'tagged needs either'],
    ['tagged has both lists', selection({ tagStatus: 'tagged', tagPrefixList: ['v'], tagPatternList: ['v*'] }), 'tagged needs either'],
    ['any has a list', selection({ tagPrefixList: ['v'] }), 'any must have no tagPrefixList'],
    ['the count type is unknown', selection({ countType: 'sinceEver' }), 'countType must be one of'],
    ['the count is missing', selection({ countNumber: undefined }), 'countNumber must be a positive integer'],
    ['the unit is missing', selection({ countUnit: undefined }), 'countUnit must be days'],
    ['a number has a unit', selection({ countType: 'imageCountMoreThan' }), 'countUnit must be days'],
    ['archived images are not selected as such', selection({ countType: 'sinceImageTransitioned' }), 'sinceImageTransitioned needs storageClass archive'],
  ])('fails when %s', (_, text, reason) => {
    expect(() => checkLifecyclePolicy(text)).toThrow(expect.objectContaining({
      name: 'InvalidParameterException', message: expect.stringContaining(reason),
    }));
  });
});

describe('a repository policy', () => {
  test.each<[string, unknown]>([['a list of statements', [STATEMENT, STATEMENT]], ['one statement', STATEMENT]])('is taken: %s', (_, Statement) => {
    expect(() => checkRepositoryPolicy(JSON.stringify({ Version: '2012-10-17', Statement }))).not.toThrow();
    expect(() => checkRepositoryPolicy(JSON.stringify({ Statement }).padEnd(10_240))).not.toThrow();
  });

  const statement = (change: object) => JSON.stringify({ Statement: [{ ...STATEMENT, ...change }] });

  test.each<[string, string, string]>([
    ['it is too long', statement({}).padEnd(10_241), 'less than or equal to 10240'],
    ['it is not JSON', '{', 'it is not JSON'],
    ['it has no statements', '{"Statement":[]}', 'Statement is empty'],
    ['it has no Statement', '{}', 'a statement must be an object'],
    ['a statement has no effect', statement({ Effect: undefined }), 'Effect must be Allow or Deny'],
    ['a statement has no principal', statement({ Principal: undefined }), 'a statement must have a Principal'],
    ['a statement has no action', statement({ Action: undefined }), 'a statement must have an Action'],
    ['a statement has a resource', statement({ Resource: '*' }), 'a statement must not have a Resource'],
  ])('fails when %s', (_, text, reason) => {
    expect(() => checkRepositoryPolicy(text)).toThrow(expect.objectContaining({
      name: 'InvalidParameterException', message: expect.stringContaining(reason),
    }));
  });
});
