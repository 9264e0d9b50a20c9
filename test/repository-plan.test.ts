import { App, CfnParameter, Lazy, Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import { EcrAutoCreate, type EcrAutoCreateProps, type RepositorySettings } from '../src';
import { createStack, handlerConfiguration } from './fixtures';

function configurationOf(props: EcrAutoCreateProps, stack = createStack()) {
  new EcrAutoCreate(stack, 'EcrAutoCreate', props);
  return handlerConfiguration(stack);
}

const override = (prefix: string, settings: RepositorySettings = {}) => ({ prefix, settings });
const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));

test.each<[string, EcrAutoCreateProps, string | RegExp]>([
  ['no denied prefix', { deniedPrefixes: [] }, 'deniedPrefixes must contain at least one prefix, got []; leave it out for no name'],
  ['a denied prefix twice', { deniedPrefixes: ['a/', 'a/'] }, "deniedPrefixes must not contain duplicates, got 'a/' at 0 and 1"],
  ['a denied prefix that begins no name', { deniedPrefixes: ['A'] }, /^deniedPrefixes\[0\] must be the beginning of a repository name .*, got 'A'$/],
  ['a denied prefix that is an allowed one', { allowedPrefixes: ['a/', 'b/'], deniedPrefixes: ['b/'] },
    "deniedPrefixes[0] must leave something of each allowed prefix, got 'b/', which covers all of 'b/' in allowedPrefixes"],
  ['a denied prefix that covers an allowed one', { allowedPrefixes: ['team/a/'], deniedPrefixes: ['x', 'team'] },
    "deniedPrefixes[1] must leave something of each allowed prefix, got 'team', which covers all of 'team/a/' in allowedPrefixes"],

  ['no principal', { allowedPrincipals: [] }, 'allowedPrincipals must contain at least one ARN pattern, got []; leave it out for every principal'],
  ['a principal twice', { allowedPrincipals: ['*', '*'] }, "allowedPrincipals must not contain duplicates, got '*' at 0 and 1"],
  ['a principal that is a name', { allowedPrincipals: ['ci-push'] },
    "allowedPrincipals[0] must be the ARN of an IAM principal, in which * stands for any characters, got 'ci-push'"],
  ['a principal with a space', { allowedPrincipals: ['arn:aws:iam::1:role/a b'] }, /^allowedPrincipals\[0\] must be the ARN/],
  ['a session of a role', { allowedPrincipals: ['arn:aws:sts::123456789012:assumed-role/ci/*'] }, /^allowedPrincipals\[0\] must name the role of an assumed role/],
  ['a list of principals that is a token', { allowedPrincipals: Lazy.list({ produce: () => ['*'] }) }, /^allowedPrincipals must be a list that is known at synth/],

  ['two overrides with one prefix', { repositoryOverrides: [override('a/'), override('b/'), override('a/')] },
    "repositoryOverrides[2].prefix must be the prefix of one override only, got 'a/', which repositoryOverrides[0] has too"],
  ['an override that begins no name', { repositoryOverrides: [override('a//')] }, /^repositoryOverrides\[0\]\.prefix must be the beginning of a repository name/],
  ['an override outside the allowed prefixes', { allowedPrefixes: ['a/'], repositoryOverrides: [override('b/')] },
    "repositoryOverrides[0].prefix must begin names that are created, got 'b/', which has nothing in common with allowedPrefixes"],
  ['an override that is denied', { deniedPrefixes: ['a/x'], repositoryOverrides: [override('a/xyz/')] },
    "repositoryOverrides[0].prefix must begin names that are created, got 'a/xyz/', all of which 'a/x' in deniedPrefixes denies"],
  ['wrong settings in an override', { repositoryOverrides: [override('a/', { lifecycleRules: [{ maxImageCount: 0 }] })] },
    'repositoryOverrides[0].settings.lifecycleRules[0].maxImageCount must be a whole number of at least 1, got 0'],
  ['settings that only an override makes wrong', {
    repositoryDefaults: { tags: tags(40) }, repositoryOverrides: [override('a/', { tags: { x1: '', x2: '', x3: '', x4: '', x5: '', x6: '', x7: '', x8: '', x9: '' } })],
  }, /^repositoryOverrides\[0\]\.settings\.tags must have at most 48 tags .*, got 49$/],

  ['a reserved creator tag', { creatorTagKey: 'created-by' }, /^creatorTagKey must not be one of the reserved keys .*, got 'created-by'$/],
  ['a tag value of AWS', { repositoryDefaults: { tags: { team: 'aws:x' } } }, "repositoryDefaults.tags['team'] must not begin with 'aws:', which AWS reserves, got 'aws:x'"],
  ['a creator tag of AWS', { creatorTagKey: 'aws:by' }, "creatorTagKey must not begin with 'aws:', which AWS reserves, got 'aws:by'"],
  ['an empty creator tag', { creatorTagKey: '' }, /^creatorTagKey must be 1 to 128 letters/],
  ['a creator tag that the defaults have', { creatorTagKey: 'by', repositoryDefaults: { tags: { by: 'x' } } },
    "creatorTagKey must differ from every other tag key, got 'by', which repositoryDefaults.tags has too"],
  ['a creator tag that an override has', { creatorTagKey: 'by', repositoryOverrides: [override('a/', { tags: { by: 'x' } })] },
    "creatorTagKey must differ from every other tag key, got 'by', which repositoryOverrides[0].settings.tags has too"],
  ['a creator tag beside 48 others', { creatorTagKey: 'by', repositoryDefaults: { tags: tags(48) } }, /^creatorTagKey must be the 50th tag at most, got 48 in repositoryDefaults\.tags/],
])('fails when given %s', (_case, props, message) => {
  const stack = createStack();
  expect(() => new EcrAutoCreate(stack, 'EcrAutoCreate', props)).toThrow(typeof message === 'string' ? new Error(message) : message);
});

test('tells the handler the whole policy', () => {
  const stack = createStack();
  const configuration = configurationOf({
    allowedPrefixes: ['team/'],
    deniedPrefixes: ['team/legacy'],
    allowedPrincipals: [`arn:${stack.partition}:iam::${stack.account}:role/ci-*`],
    creatorTagKey: 'created-for',
    repositoryDefaults: { imageTagMutability: ecr.TagMutability.IMMUTABLE, tags: { team: 'platform', tier: '1' } },
    repositoryOverrides: [override('team/sandbox/', { imageTagMutability: ecr.TagMutability.MUTABLE, tags: { tier: '3' } })],
  }, stack);
  expect(configuration).toMatchObject({
    allowedPrefixes: ['team/'],
    deniedPrefixes: ['team/legacy'],
    allowedPrincipals: ['arn:<AWS::Partition>:iam::<AWS::AccountId>:role/ci-*'],
    creatorTagKey: 'created-for',
    settings: { repository: { imageTagMutability: 'IMMUTABLE' } },
    overrides: [{ prefix: 'team/sandbox/', settings: { repository: { imageTagMutability: 'MUTABLE' } } }],
  });
  expect(configuration.overrides?.[0].settings.repository.tags).toEqual([
    { Key: 'created-by', Value: 'cdk-ecr-auto-create' },
    { Key: 'cdk-ecr-auto-create:owner', Value: configuration.owner },
    { Key: 'team', Value: 'platform' },
    { Key: 'tier', Value: '3' },
  ]);
});

test('an override removes what it empties', () => {
  const { settings, overrides } = configurationOf({
    repositoryDefaults: {
      lifecycleRules: [{ maxImageCount: 1 }],
      imageTagMutability: ecr.TagMutability.MUTABLE_WITH_EXCLUSION,
      imageTagMutabilityExclusionFilters: [ecr.ImageTagMutabilityExclusionFilter.wildcard('x')],
      repositoryPolicy: new iam.PolicyDocument({
        statements: [new iam.PolicyStatement({ principals: [new iam.AccountPrincipal('210987654321')], actions: ['ecr:BatchGetImage'] })],
      }),
    },
    repositoryOverrides: [override('a/', { lifecycleRules: [], imageTagMutabilityExclusionFilters: [], repositoryPolicy: new iam.PolicyDocument() })],
  });
  expect(settings).toMatchObject({ lifecyclePolicy: {}, repositoryPolicy: {}, repository: { imageTagMutability: 'MUTABLE_WITH_EXCLUSION' } });
  expect(overrides?.[0].settings).toEqual({ repository: { imageScanningConfiguration: { scanOnPush: true }, tags: settings.repository.tags } });
});

test.each<[string, EcrAutoCreateProps]>([
  ['an override inside an allowed prefix', { allowedPrefixes: ['a/'], repositoryOverrides: [override('a/b/')] }],
  ['an override around allowed prefixes', { allowedPrefixes: ['a/x/', 'a/y/'], repositoryOverrides: [override('a/')] }],
  ['a denied prefix inside an override', { deniedPrefixes: ['a/x/'], repositoryOverrides: [override('a/')] }],
  ['a denied prefix outside the allowed ones', { allowedPrefixes: ['a/'], deniedPrefixes: ['b/'] }],
])('accepts %s', (_case, props) => {
  expect(configurationOf(props).repositoryArnPrefix).toBeDefined();
});

test('prefixes and principals may be tokens', () => {
  const stack = createStack();
  const team = new CfnParameter(stack, 'Team').valueAsString;
  expect(configurationOf({
    allowedPrefixes: [`${team}/`], deniedPrefixes: [`${team}/x/`], allowedPrincipals: [team], repositoryOverrides: [override(`${team}/y/`)],
  }, stack)).toMatchObject({
    allowedPrefixes: ['<Team>/'], deniedPrefixes: ['<Team>/x/'], allowedPrincipals: ['<Team>'], overrides: [{ prefix: '<Team>/y/' }],
  });
});

test.each([
  ['Default', undefined, /^Default\/c8[0-9a-f]{40}$/],
  ['Other', 'Default', /^Default\/c8[0-9a-f]{40}$/],
  ['Platform', undefined, /^Platform\/Platform$/],
])('a construct by the name Default in the stack %s, named %s, has an owner', (id, stackName, expected) => {
  const stack = new Stack(new App(), id, { stackName, env: { account: '123456789012', region: 'eu-central-1' } });
  new EcrAutoCreate(stack, 'Default');
  expect(handlerConfiguration(stack).owner).toMatch(expected);
});
