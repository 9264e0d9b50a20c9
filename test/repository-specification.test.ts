import { App, Aws, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { EcrAutoCreate, type RepositorySettings } from '../src';
import { createStack, handlerConfiguration, messages } from './fixtures';

function rendered(repositoryDefaults: RepositorySettings, stack = createStack()) {
  new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryDefaults });
  return handlerConfiguration(stack).settings;
}

const PULL = () => new iam.PolicyStatement({ principals: [new iam.AccountPrincipal('210987654321')], actions: ['ecr:BatchGetImage'] });

test('says what ECR is to be told, and nothing that was not set', () => {
  expect(rendered({}).repository).toEqual({ imageScanningConfiguration: { scanOnPush: true }, tags: expect.any(Array) });
  expect(rendered({})).not.toHaveProperty('lifecyclePolicy');
  expect(rendered({})).not.toHaveProperty('repositoryPolicy');
});

test('renders mutability with its exemptions', () => {
  expect(rendered({
    imageTagMutability: ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
    imageTagMutabilityExclusionFilters: [ecr.ImageTagMutabilityExclusionFilter.wildcard('dev-*'), ecr.ImageTagMutabilityExclusionFilter.wildcard('latest')],
  }).repository).toMatchObject({
    imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
    imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'dev-*' }, { filterType: 'WILDCARD', filter: 'latest' }],
  });
});

test('can turn scanning off', () => {
  expect(rendered({ imageScanOnPush: false }).repository.imageScanningConfiguration).toEqual({ scanOnPush: false });
});

test.each<[string, RepositorySettings, unknown]>([
  ['AES256', { encryption: ecr.RepositoryEncryption.AES_256 }, { encryptionType: 'AES256' }],
  ['KMS with the AWS managed key', { encryption: ecr.RepositoryEncryption.KMS }, { encryptionType: 'KMS' }],
  ['dual-layer encryption', { encryption: ecr.RepositoryEncryption.KMS_DSSE }, { encryptionType: 'KMS_DSSE' }],
])('renders %s', (_case, settings, expected) => {
  expect(rendered(settings).repository.encryptionConfiguration).toEqual(expected);
});

test.each<[ecr.RepositoryEncryption | undefined, string]>([[undefined, 'KMS'], [ecr.RepositoryEncryption.KMS_DSSE, 'KMS_DSSE']])(
  'renders a customer key', (encryption, encryptionType) => {
    const stack = createStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    expect(rendered({ encryption, encryptionKey }, stack).repository.encryptionConfiguration).toEqual({
      encryptionType, kmsKey: expect.stringMatching(/^<Key.*\.Arn>$/),
    });
  });

test('renders lifecycle rules as ecr.Repository does', () => {
  const rules: ecr.LifecycleRule[] = [
    { tagStatus: ecr.TagStatus.ANY, maxImageAge: Duration.days(365) },
    { tagStatus: ecr.TagStatus.TAGGED, tagPatternList: ['prod*'], maxImageCount: 999, description: 'releases' },
    { rulePriority: 5, tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 20 },
  ];
  const stack = createStack();
  new ecr.Repository(stack, 'Reference', { lifecycleRules: rules });
  const settings = rendered({ lifecycleRules: rules }, stack);
  const [reference] = Object.values(Template.fromStack(stack).findResources('AWS::ECR::Repository'));
  expect(settings.lifecyclePolicy).toEqual(JSON.parse(reference.Properties.LifecyclePolicy.LifecyclePolicyText));
  expect(settings.lifecyclePolicy).toMatchObject({ rules: [{ rulePriority: 5 }, { rulePriority: 6, description: 'releases' }, { rulePriority: 7 }] });
});

test('keeps tokens inside lifecycle rules', () => {
  const stack = createStack();
  const team = new CfnParameter(stack, 'Team').valueAsString;
  expect(rendered({
    lifecycleRules: [{ tagStatus: ecr.TagStatus.TAGGED, tagPrefixList: [`${team}-`], maxImageCount: 1, description: `of ${team}` }],
  }, stack).lifecyclePolicy).toMatchObject({ rules: [{ description: 'of <Team>', selection: { tagPrefixList: ['<Team>-'] } }] });
});

const ARCHIVING = {
  rules: [{
    rulePriority: 1,
    selection: { tagStatus: 'any', countType: 'sinceImagePulled', countNumber: 90, countUnit: 'days' },
    action: { type: 'transition', targetStorageClass: 'archive' },
  }],
};

test('passes a lifecycle policy text on, whatever it says', () => {
  expect(rendered({ lifecyclePolicyText: JSON.stringify(ARCHIVING, undefined, 2) }).lifecyclePolicy).toEqual(ARCHIVING);
});

test('keeps tokens inside a lifecycle policy text', () => {
  const stack = createStack();
  const text = JSON.stringify({ rules: [{ ...ARCHIVING.rules[0], description: `in ${stack.region}` }] });
  expect(rendered({ lifecyclePolicyText: text }, stack).lifecyclePolicy).toMatchObject({ rules: [{ description: 'in <AWS::Region>' }] });
});

test('takes a lifecycle policy text that is one token', () => {
  const stack = createStack();
  const text = stack.toJsonString({ rules: [{ ...ARCHIVING.rules[0], description: `in ${stack.region}` }] });
  const policy = rendered({ lifecyclePolicyText: text }, stack).lifecyclePolicy;
  expect(JSON.parse(policy as string)).toMatchObject({ rules: [{ description: 'in <AWS::Region>' }] });
});

test('renders the repository policy at synth, with what was added until then', () => {
  const stack = createStack();
  const repositoryPolicy = new iam.PolicyDocument();
  new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryDefaults: { repositoryPolicy } });
  repositoryPolicy.addStatements(PULL());
  expect(handlerConfiguration(stack).settings.repositoryPolicy).toEqual({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:<AWS::Partition>:iam::210987654321:root' }, Action: 'ecr:BatchGetImage' }],
  });
});

test('takes an empty repository policy for none', () => {
  expect(rendered({ repositoryPolicy: new iam.PolicyDocument() })).not.toHaveProperty('repositoryPolicy');
});

test('keeps tokens in tags', () => {
  const stack = createStack();
  const cost = new CfnParameter(stack, 'Cost').valueAsString;
  expect(rendered({ tags: { 'cost-center': `cc-${cost}`, 'a': '' } }, stack).repository.tags).toEqual([
    { Key: 'created-by', Value: 'cdk-ecr-auto-create' },
    { Key: 'cdk-ecr-auto-create:owner', Value: expect.stringMatching(/^Platform\//) },
    { Key: 'a', Value: '' },
    { Key: 'cost-center', Value: 'cc-<Cost>' },
  ]);
});

test('gives tags in the same order, whatever the order of the map', () => {
  expect(rendered({ tags: { b: '2', a: '1' } }).repository.tags).toEqual(rendered({ tags: { a: '1', b: '2' } }).repository.tags);
});

describe('references to another stack', () => {
  test.each<[string, (value: string, key: kms.IKey) => RepositorySettings]>([
    ['the encryption key', (_value, encryptionKey) => ({ encryptionKey })],
    ['a lifecycle rule', value => ({ lifecycleRules: [{ maxImageCount: 1, description: value }] })],
    ['a lifecycle policy text', value => ({ lifecyclePolicyText: JSON.stringify({ rules: [{ ...ARCHIVING.rules[0], description: value }] }) })],
    ['the repository policy', value => ({
      repositoryPolicy: new iam.PolicyDocument({ statements: [new iam.PolicyStatement({ principals: [new iam.ArnPrincipal(value)], actions: ['ecr:*'] })] }),
    })],
    ['a tag', value => ({ tags: { key: value } })],
    ['a large configuration', value => ({
      lifecyclePolicyText: JSON.stringify({ rules: [{ ...ARCHIVING.rules[0], description: `${'x'.repeat(5_000)}${value}` }] }),
    })],
  ])('in %s become imports', (_case, settingsWith) => {
    const app = new App();
    const key = new kms.Key(new Stack(app, 'Keys'), 'Key');
    const stack = new Stack(app, 'Platform');
    new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryDefaults: settingsWith(key.keyArn, key) });
    const json = JSON.stringify(handlerConfiguration(stack));
    expect(json).toMatch(/<\{'Fn::ImportValue':'Keys:ExportsOutputFnGetAttKey[^']*'\}>/);
    expect(json).not.toContain('Fn::GetAtt');
  });
});

describe('at synth', () => {
  const errorsOf = (repositoryPolicy: iam.PolicyDocument) => {
    const stack = createStack();
    new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryDefaults: { repositoryPolicy } });
    return () => Template.fromStack(stack);
  };
  const policyOf = (...statements: iam.PolicyStatement[]) => new iam.PolicyDocument({ statements });

  test('fails when the repository policy is no resource policy', () => {
    expect(errorsOf(policyOf(new iam.PolicyStatement({ actions: ['ecr:BatchGetImage'] })))).toThrow(
      /repositoryDefaults\.repositoryPolicy must be a resource policy: .*[Pp]rincipal/,
    );
  });

  test('fails when the repository policy is too long', () => {
    const many = policyOf(...Array.from({ length: 120 }, (_, index) => {
      const statement = PULL();
      statement.addCondition('StringEquals', { 'aws:PrincipalTag/team': `team-${index}` });
      return statement;
    }));
    expect(errorsOf(many)).toThrow(/repositoryDefaults\.repositoryPolicy must have at most 10240 characters, got 1\d{4}/);
  });

  test('fails when an added statement makes it wrong', () => {
    const stack = createStack();
    const repositoryPolicy = policyOf(PULL());
    new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryDefaults: { repositoryPolicy } });
    repositoryPolicy.addStatements(new iam.PolicyStatement({ actions: ['ecr:BatchGetImage'] }));
    expect(() => Template.fromStack(stack)).toThrow(/repositoryDefaults\.repositoryPolicy must be a resource policy/);
  });

  test('counts what is known only at deployment in the repository policy as nothing, for it may be short', () => {
    const roles = Array.from({ length: 150 }, (_, index) => new iam.ArnPrincipal(`arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/pull-${index}`));
    expect(errorsOf(policyOf(new iam.PolicyStatement({ principals: roles, actions: ['ecr:BatchGetImage'] })))).not.toThrow();
  });

  test('warns of resources in the repository policy', () => {
    const stack = createStack();
    const statement = PULL();
    statement.addResources('*');
    new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryDefaults: { repositoryPolicy: policyOf(statement) } });
    expect(messages(Template.fromStack(stack), stack, 'warning')).toEqual([
      expect.stringContaining('repositoryDefaults.repositoryPolicy should name no resources: ECR attaches it to the repository'),
    ]);
  });
});
