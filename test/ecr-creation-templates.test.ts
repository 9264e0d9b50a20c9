import { App, CfnParameter, Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { CreationTemplateTrigger, EcrCreationTemplates, type EcrCreationTemplatesProps, type RepositorySettings } from '../src';
import { override, templateOf, TYPE } from './creation-template-fixtures';
import { createStack, messages, only, readable } from './fixtures';

const OWNER = 'Platform/PlatformTemplatesF1BF0C17';
const RESERVED_TAGS = [{ Key: 'created-by', Value: 'cdk-ecr-auto-create' }, { Key: 'cdk-ecr-auto-create:owner', Value: OWNER }];

/** The properties of the only creation template. */
const rendered = (repositoryDefaults: RepositorySettings, stack = createStack()) =>
  only(templateOf({ repositoryDefaults }, stack), TYPE).Properties;

const pull = () => new iam.PolicyStatement({ principals: [new iam.AccountPrincipal('210987654321')], actions: ['ecr:BatchGetImage'] });
const policyOf = (...statements: iam.PolicyStatement[]) => new iam.PolicyDocument({ statements });

describe('with no props', () => {
  const stack = createStack();
  const construct = new EcrCreationTemplates(stack, 'Templates');
  const template = Template.fromStack(stack);

  test('makes one template, for every name, that applies to pushes', () => {
    expect(only(template, TYPE).Properties).toEqual({
      Prefix: 'ROOT',
      Description: 'Repositories that Amazon ECR creates, by cdk-ecr-auto-create',
      AppliedFor: ['CREATE_ON_PUSH'],
      CustomRoleArn: stack.resolve(construct.role.roleArn),
      ResourceTags: RESERVED_TAGS,
    });
  });

  test('makes nothing else but a role with its policy', () => {
    expect(Object.values(template.toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type).sort())
      .toEqual([TYPE, 'AWS::IAM::ManagedPolicy', 'AWS::IAM::Role']);
  });

  test('tells that it does not turn on scan on push, but warns of nothing', () => {
    expect(messages(template, stack, 'info')).toEqual([expect.stringMatching(
      /^imageScanOnPush is on by default, but not for repositories that ECR creates: a creation template cannot turn on scan on push; use the scanning configuration of the registry/,
    )]);
    expect(messages(template, stack, 'warning')).toEqual([]);
  });
});

test('has its role and templates as members', () => {
  const stack = createStack();
  const { role, templates } = new EcrCreationTemplates(stack, 'Templates', { allowedPrefixes: ['b/', 'a/'], repositoryOverrides: [override('a/x/')] });
  expect(stack.resolve(role.roleArn)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^TemplatesRole/), 'Arn'] });
  expect(templates.map(({ prefix }) => prefix)).toEqual(['b', 'a', 'a/x']);
});

describe('a template says', () => {
  test('mutability with its exemptions', () => {
    expect(rendered({
      imageTagMutability: ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
      imageTagMutabilityExclusionFilters: [ecr.ImageTagMutabilityExclusionFilter.wildcard('dev-*'), ecr.ImageTagMutabilityExclusionFilter.wildcard('latest')],
    })).toMatchObject({
      ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      ImageTagMutabilityExclusionFilters: [
        { ImageTagMutabilityExclusionFilterType: 'WILDCARD', ImageTagMutabilityExclusionFilterValue: 'dev-*' },
        { ImageTagMutabilityExclusionFilterType: 'WILDCARD', ImageTagMutabilityExclusionFilterValue: 'latest' },
      ],
    });
  });

  test.each<[string, RepositorySettings, unknown]>([
    ['AES256', { encryption: ecr.RepositoryEncryption.AES_256 }, { EncryptionType: 'AES256' }],
    ['KMS with the AWS managed key', { encryption: ecr.RepositoryEncryption.KMS }, { EncryptionType: 'KMS' }],
    ['dual-layer encryption', { encryption: ecr.RepositoryEncryption.KMS_DSSE }, { EncryptionType: 'KMS_DSSE' }],
  ])('%s', (_case, settings, expected) => {
    expect(rendered(settings).EncryptionConfiguration).toEqual(expected);
  });

  test('a customer key by its ARN', () => {
    const stack = createStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    expect(rendered({ encryptionKey }, stack).EncryptionConfiguration).toEqual({ EncryptionType: 'KMS', KmsKey: stack.resolve(encryptionKey.keyArn) });
  });

  test('lifecycle rules as ecr.Repository does', () => {
    const lifecycleRules = [{ tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 20 }, { tagStatus: ecr.TagStatus.ANY, maxImageCount: 500 }];
    const stack = createStack();
    new ecr.Repository(stack, 'Reference', { lifecycleRules });
    const { LifecyclePolicy } = rendered({ lifecycleRules }, stack);
    expect(LifecyclePolicy).toBe(only(Template.fromStack(stack), 'AWS::ECR::Repository').Properties.LifecyclePolicy.LifecyclePolicyText);
  });

  test('a lifecycle policy text, without its white space', () => {
    const selection = { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 9 };
    const policy = { rules: [{ rulePriority: 1, selection, action: { type: 'expire' } }] };
    expect(rendered({ lifecyclePolicyText: JSON.stringify(policy, undefined, 2) }).LifecyclePolicy).toBe(JSON.stringify(policy));
  });

  test('a lifecycle policy text that is one token', () => {
    const stack = createStack();
    const text = new CfnParameter(stack, 'Policy').valueAsString;
    expect(rendered({ lifecyclePolicyText: text }, stack).LifecyclePolicy).toEqual({ Ref: 'Policy' });
  });

  test('tokens inside lifecycle rules', () => {
    const stack = createStack();
    const team = new CfnParameter(stack, 'Team').valueAsString;
    const { LifecyclePolicy } = rendered({ lifecycleRules: [{ maxImageCount: 1, description: `of "${team}"` }] }, stack);
    expect(JSON.parse(readable(LifecyclePolicy))).toMatchObject({ rules: [{ description: 'of "<Team>"' }] });
  });

  test('the repository policy with what was added until synth', () => {
    const stack = createStack();
    const repositoryPolicy = new iam.PolicyDocument();
    new EcrCreationTemplates(stack, 'Templates', { repositoryDefaults: { repositoryPolicy } });
    repositoryPolicy.addStatements(pull());
    expect(JSON.parse(readable(only(Template.fromStack(stack), TYPE).Properties.RepositoryPolicy))).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:<AWS::Partition>:iam::210987654321:root' }, Action: 'ecr:BatchGetImage' }],
    });
  });

  test('nothing of an empty repository policy', () => {
    expect(rendered({ repositoryPolicy: new iam.PolicyDocument() })).not.toHaveProperty('RepositoryPolicy');
  });

  test("the user's tags after the reserved ones, tokens kept", () => {
    const stack = createStack();
    const cost = new CfnParameter(stack, 'Cost').valueAsString;
    expect(rendered({ tags: { cost: `cc-${cost}`, empty: '' } }, stack).ResourceTags).toEqual([
      ...RESERVED_TAGS, { Key: 'cost', Value: { 'Fn::Join': ['', ['cc-', { Ref: 'Cost' }]] } }, { Key: 'empty', Value: '' },
    ]);
  });

  test.each<[string, CreationTemplateTrigger[], string[]]>([
    ['a pull through a cache', [CreationTemplateTrigger.PULL_THROUGH_CACHE], ['PULL_THROUGH_CACHE']],
    ['everything', [CreationTemplateTrigger.REPLICATION, CreationTemplateTrigger.CREATE_ON_PUSH, CreationTemplateTrigger.PULL_THROUGH_CACHE],
      ['REPLICATION', 'CREATE_ON_PUSH', 'PULL_THROUGH_CACHE']],
    ['what this library does not know', [CreationTemplateTrigger.of('CREATE_ON_DEMAND')], ['CREATE_ON_DEMAND']],
  ])('that it applies to %s', (_case, appliedFor, expected) => {
    const template = templateOf({ appliedFor, allowedPrefixes: ['a/', 'b/'] });
    template.allResourcesProperties(TYPE, { AppliedFor: expected });
  });
});

describe('references to another stack', () => {
  test.each<[string, (value: string, key: kms.IKey) => RepositorySettings]>([
    ['the encryption key', (_value, encryptionKey) => ({ encryptionKey })],
    ['a lifecycle rule', value => ({ lifecycleRules: [{ maxImageCount: 1, description: value }] })],
    ['the repository policy', value => ({ repositoryPolicy: policyOf(new iam.PolicyStatement({ principals: [new iam.ArnPrincipal(value)], actions: ['ecr:*'] })) })],
    ['a tag', value => ({ tags: { key: value } })],
  ])('in %s become imports', (_case, settingsWith) => {
    const app = new App();
    const key = new kms.Key(new Stack(app, 'Keys'), 'Key');
    const template = templateOf({ repositoryDefaults: settingsWith(key.keyArn, key) }, new Stack(app, 'Platform'));
    expect(JSON.stringify(only(template, TYPE).Properties)).toMatch(/"Fn::ImportValue":"Keys:ExportsOutputFnGetAttKey/);
  });
});

describe('logical ids', () => {
  const idsOf = (props: EcrCreationTemplatesProps) => Object.fromEntries(
    Object.entries(templateOf(props).findResources(TYPE)).map(([id, { Properties }]) => [Properties.Prefix, id]));

  test('stay when lists are reordered or become longer', () => {
    const before = idsOf({ allowedPrefixes: ['a/', 'b/'], repositoryOverrides: [override('a/x/'), override('a/y/')] });
    expect(idsOf({ allowedPrefixes: ['b/', 'a/'], repositoryOverrides: [override('a/y/'), override('a/x/')] })).toEqual(before);
    expect(idsOf({ allowedPrefixes: ['c/', 'b/', 'a/'], repositoryOverrides: [override('c/x/'), override('a/y/'), override('a/x/')] })).toMatchObject(before);
  });

  test('stay when an allowed prefix becomes an override', () => {
    expect(idsOf({ repositoryOverrides: [override('a/')] }).a).toBe(idsOf({ allowedPrefixes: ['a/'] }).a);
  });

  test('differ for prefixes that look alike', () => {
    const prefixes = ['a-b/', 'a/b/', 'a_b/', 'a.b/', 'a__b/', 'a--b/', 'ab/', 'root/', 'role/', 'policy1/', 'default/', 'resource/'];
    const ids = Object.values(idsOf({ allowedPrefixes: prefixes }));
    expect(new Set(ids).size).toBe(prefixes.length);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9]{1,255}$/);
  });
});

describe('scan on push', () => {
  const scans = (imageScanOnPush?: boolean) => ({ imageScanOnPush });

  test.each<[string, EcrCreationTemplatesProps]>([
    ['in the defaults', { repositoryDefaults: scans(true) }],
    ['in an override', { repositoryOverrides: [override('a/', scans(true))] }],
    ['in the defaults and not in an override', { repositoryDefaults: scans(true), repositoryOverrides: [override('a/', scans(false))] }],
  ])('asked for %s is warned of', (_case, props) => {
    const stack = createStack();
    const template = templateOf(props, stack);
    expect(messages(template, stack, 'warning')).toEqual([expect.stringMatching(
      /^imageScanOnPush has no effect on repositories that ECR creates: .* \[ack: cdk-ecr-auto-create:templateScanOnPush\]$/,
    )]);
    expect(messages(template, stack, 'info')).toEqual([]);
  });

  test.each<[string, EcrCreationTemplatesProps, number]>([
    ['turned off, none', { repositoryDefaults: scans(false), repositoryOverrides: [override('a/')] }, 0],
    ['turned off by an override only, one', { repositoryOverrides: [override('a/', scans(false))] }, 1],
    ['turned off by overrides for all allowed names, none', { allowedPrefixes: ['a/'], repositoryOverrides: [override('a/', scans(false))] }, 0],
  ])('where it is %s', (_case, props, infos) => {
    const stack = createStack();
    const template = templateOf(props, stack);
    expect(messages(template, stack, 'info')).toHaveLength(infos);
    expect(messages(template, stack, 'warning')).toEqual([]);
  });
});

describe('fails when given', () => {
  test.each<[string, EcrCreationTemplatesProps, string | RegExp]>([
    ['no trigger', { appliedFor: [] }, 'appliedFor must contain at least one trigger, got []; leave it out for pushes'],
    ['a trigger twice', { appliedFor: [CreationTemplateTrigger.REPLICATION, CreationTemplateTrigger.of('REPLICATION')] },
      "appliedFor must not contain duplicates, got 'REPLICATION' at 0 and 1"],
    ['triggers that are a token', { appliedFor: Lazy.any({ produce: () => [] }) as never }, /^appliedFor must be a list that is known at synth, got a token/],
    ['no allowed prefix', { allowedPrefixes: [] }, /^allowedPrefixes must contain at least one prefix, got \[\]/],
    ['wrong settings', { repositoryDefaults: { lifecycleRules: [{ maxImageCount: 0 }] } }, /^repositoryDefaults\.lifecycleRules\[0\]\.maxImageCount must be/],
    ['a lifecycle policy that is too long', { repositoryDefaults: { lifecycleRules: [{ maxImageCount: 1, description: 'x'.repeat(31_000) }] } },
      /^repositoryDefaults\.lifecycleRules must make a policy of 100 to 30720 characters/],
  ])('%s', (_case, props, message) => {
    const stack = createStack();
    expect(() => new EcrCreationTemplates(stack, 'Templates', props)).toThrow(typeof message === 'string' ? new Error(message) : message);
  });

  test('a repository policy that is too long at synth', () => {
    const stack = createStack();
    const repositoryPolicy = policyOf(pull());
    new EcrCreationTemplates(stack, 'Templates', { repositoryDefaults: { repositoryPolicy } });
    repositoryPolicy.addStatements(new iam.PolicyStatement({ principals: [new iam.AnyPrincipal()], actions: Array.from({ length: 600 }, (_, index) => `ecr:BatchGetImage${index}`) }));
    expect(() => Template.fromStack(stack)).toThrow(/repositoryDefaults\.repositoryPolicy must have at most 10240 characters, got 1\d{4}/);
  });

  test('more text than a CloudFormation template can have', () => {
    const overrides = Array.from({ length: 40 }, (_, index) =>
      override(`team-${index}/`, { lifecycleRules: [{ maxImageCount: 1, description: `${index}${'x'.repeat(30_000)}` }] }));
    const outcome = (count: number) => () => templateOf({ repositoryOverrides: overrides.slice(0, count) });
    expect(outcome(30)).not.toThrow();
    expect(outcome(40)).toThrow(
      /repositoryDefaults and repositoryOverrides must make at most 1000000 bytes, which a CloudFormation template can have, got 12\d{5}; shorten the policies, divide them among stacks, or let EcrAutoCreate/,
    );
  });

  test('more prefixes than a stack can have resources', () => {
    const allowedPrefixes = Array.from({ length: 500 }, (_, index) => `team-${index}/`);
    expect(() => templateOf({ allowedPrefixes })).toThrow(
      /allowedPrefixes and repositoryOverrides must make at most 500 resources, which a stack can have, got 5\d\d; divide them among stacks, or let EcrAutoCreate/,
    );
  });
});

test('two constructs never take each other\'s repositories for their own', () => {
  const stack = createStack();
  new EcrCreationTemplates(stack, 'One', { allowedPrefixes: ['a/'] });
  new EcrCreationTemplates(stack, 'Other', { allowedPrefixes: ['b/'] });
  const [one, other] = Object.values(Template.fromStack(stack).findResources(TYPE)).map(({ Properties }) => Properties.ResourceTags[1]);
  expect(one.Key).toBe('cdk-ecr-auto-create:owner');
  expect(one.Value).not.toBe(other.Value);
});
