import { Duration, Lazy, SecretValue, Token } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { EcrAutoCreate, type EcrAutoCreateProps, type RepositorySettings } from '../src';
import { createStack, ENV, templateOf } from './fixtures';

const LIST_TOKEN = Lazy.list({ produce: () => ['backend/'] });
const NUMBER_TOKEN = Lazy.number({ produce: () => 3 });

/** Errors of the props themselves. Each names the prop, what it must be and what it got. */
const WRONG: [string, EcrAutoCreateProps, string | RegExp][] = [
  ['no prefix', { allowedPrefixes: [] }, 'allowedPrefixes must contain at least one prefix, got []; leave it out for every name'],
  ['a prefix twice', { allowedPrefixes: ['a/', 'b/', 'a/'] }, "allowedPrefixes must not contain duplicates, got 'a/' at 0 and 2"],
  ['an empty prefix', { allowedPrefixes: [''] }, /^allowedPrefixes\[0\] must be the beginning of a repository name .*, got ''$/],
  ['an upper-case prefix', { allowedPrefixes: ['ok/', 'Backend/'] }, /^allowedPrefixes\[1\] must be .*, got 'Backend\/'$/],
  ['a prefix with a wildcard', { allowedPrefixes: ['backend/*'] }, /^allowedPrefixes\[0\] must be .*, got 'backend\/\*'$/],
  ['a prefix with a slash first', { allowedPrefixes: ['/backend'] }, /^allowedPrefixes\[0\] must be /],
  ['a prefix longer than a name', { allowedPrefixes: ['x'.repeat(257)] }, /^allowedPrefixes\[0\] must be /],
  ['a list of prefixes that is a token', { allowedPrefixes: LIST_TOKEN }, /^allowedPrefixes must be a list that is known at synth, got a token/],

  ['too many retries', { retryAttempts: 3 }, 'retryAttempts must be a whole number from 0 to 2, got 3'],
  ['negative retries', { retryAttempts: -1 }, 'retryAttempts must be a whole number from 0 to 2, got -1'],
  ['half a retry', { retryAttempts: 0.5 }, 'retryAttempts must be a whole number from 0 to 2, got 0.5'],
  ['retries that are no number', { retryAttempts: NaN }, 'retryAttempts must be a whole number from 0 to 2, got NaN'],
  ['a short event age', { maxEventAge: Duration.seconds(59) }, 'maxEventAge must be a whole number of seconds from 1 minute to 6 hours, got 59 seconds'],
  ['a long event age', { maxEventAge: Duration.days(1) }, 'maxEventAge must be a whole number of seconds from 1 minute to 6 hours, got 1 day'],
  ['an event age of half seconds', { maxEventAge: Duration.millis(60_500) }, 'maxEventAge must be a whole number of seconds from 1 minute to 6 hours, got 1 minute 500 millis'],
  ['little memory', { memorySize: 127 }, 'memorySize must be a whole number from 128 to 10240, got 127'],
  ['much memory', { memorySize: 10_241 }, 'memorySize must be a whole number from 128 to 10240, got 10241'],
  ['no time', { timeout: Duration.seconds(0) }, 'timeout must be a whole number of seconds from 1 second to 15 minutes, got 0 seconds'],
  ['much time', { timeout: Duration.minutes(16) }, 'timeout must be a whole number of seconds from 1 second to 15 minutes, got 16 minutes'],
  ['negative concurrency', { reservedConcurrentExecutions: -1 }, 'reservedConcurrentExecutions must be a whole number of at least 0, got -1'],
  ['a runtime that is not Node.js', { runtime: lambda.Runtime.PYTHON_3_13 }, 'runtime must be Node.js 20 or later, got python3.13'],
  ['an old runtime', { runtime: lambda.Runtime.NODEJS_18_X }, 'runtime must be Node.js 20 or later, got nodejs18.x'],
  ['an ancient runtime', { runtime: lambda.Runtime.NODEJS }, 'runtime must be Node.js 20 or later, got nodejs'],
];

const settings = (repositoryDefaults: RepositorySettings): EcrAutoCreateProps => ({ repositoryDefaults });
const rule = (lifecycleRule: ecr.LifecycleRule) => settings({ lifecycleRules: [lifecycleRule] });
const policyOf = (length: number) => JSON.stringify({ rules: [], x: 'x'.repeat(length - JSON.stringify({ rules: [], x: '' }).length) });

/** Errors of the settings. */
const WRONG_SETTINGS: [string, EcrAutoCreateProps, string | RegExp][] = [
  ['lifecycle rules and text', settings({ lifecycleRules: [], lifecyclePolicyText: policyOf(200) }), 'repositoryDefaults must have lifecycleRules or lifecyclePolicyText, got both'],
  ['lifecycle text that is no JSON', settings({ lifecyclePolicyText: 'rules:' }), "repositoryDefaults.lifecyclePolicyText must be a JSON object with a list of rules, got 'rules:'"],
  ['lifecycle text without rules', settings({ lifecyclePolicyText: '{"Rules":[]}' }), /^repositoryDefaults\.lifecyclePolicyText must be a JSON object with a list of rules, got /],
  ['lifecycle text that is null', settings({ lifecyclePolicyText: 'null' }), /^repositoryDefaults\.lifecyclePolicyText must be a JSON object/],
  ['long lifecycle text', settings({ lifecyclePolicyText: policyOf(30_721) }), 'repositoryDefaults.lifecyclePolicyText must make a policy of 100 to 30720 characters without white space, got 30721'],
  ['short lifecycle text', settings({ lifecyclePolicyText: '{"rules":[]}' }), 'repositoryDefaults.lifecyclePolicyText must make a policy of 100 to 30720 characters without white space, got 12'],
  ['long lifecycle rules', rule({ maxImageCount: 1, description: 'x'.repeat(30_720) }), /^repositoryDefaults\.lifecycleRules must make a policy of 100 to 30720 characters without white space, got 3\d+$/],
  ['a rule without age or count', rule({}), /^repositoryDefaults must be settings that ecr\.Repository accepts, got: .*exactly one of 'maxImageAge' and 'maxImageCount'/],
  ['a rule for tags without tags', rule({ tagStatus: ecr.TagStatus.TAGGED, maxImageCount: 1 }), /^repositoryDefaults must be settings .* tagPrefixList or a tagPatternList/],
  ['a rule for all before others', settings({
    lifecycleRules: [{ rulePriority: 1, maxImageCount: 1 }, { rulePriority: 2, tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 1 }],
  }), /^repositoryDefaults must be settings .* TagStatus\.Any rule must have highest priority/],
  ['a rule that keeps nothing', rule({ maxImageCount: 0 }), 'repositoryDefaults.lifecycleRules[0].maxImageCount must be a whole number of at least 1, got 0'],
  ['a rule for part of a day', rule({ maxImageAge: Duration.hours(36) }), 'repositoryDefaults.lifecycleRules[0].maxImageAge must be a whole number of days of at least 1, got 1 day 12 hours'],
  ['a rule for no day', rule({ maxImageAge: Duration.days(0) }), /^repositoryDefaults\.lifecycleRules\[0\]\.maxImageAge must be a whole number of days of at least 1, got 0/],
  ['a priority of zero', rule({ rulePriority: 0, maxImageCount: 1 }), 'repositoryDefaults.lifecycleRules[0].rulePriority must be a whole number of at least 1, got 0'],
  ['a priority twice', settings({
    lifecycleRules: [{ rulePriority: 7, tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 1 }, { rulePriority: 7, maxImageCount: 1 }],
  }), 'repositoryDefaults.lifecycleRules[1].rulePriority must be unique, got 7, which the rule at 0 has too'],
  ['a list of rules that is a token', settings({ lifecycleRules: Token.asAny(['x']) as unknown as ecr.LifecycleRule[] }), /^repositoryDefaults\.lifecycleRules must be a list that is known at synth, got a token/],
  ['a list of tags that is a token', rule({ tagStatus: ecr.TagStatus.TAGGED, tagPrefixList: LIST_TOKEN, maxImageCount: 1 }), /^repositoryDefaults\.lifecycleRules\[0\]\.tagPrefixList must be a list that is known at synth/],
  ['a count that is a token', rule({ maxImageCount: NUMBER_TOKEN }), 'repositoryDefaults.lifecycleRules[0].maxImageCount must be known at synth, got a token'],
  ['an age that is a token', rule({ maxImageAge: Duration.days(NUMBER_TOKEN) }), 'repositoryDefaults.lifecycleRules[0].maxImageAge must be known at synth, got a token'],
  ['a priority that is a token', rule({ rulePriority: NUMBER_TOKEN, maxImageCount: 1 }), 'repositoryDefaults.lifecycleRules[0].rulePriority must be known at synth, got a token'],

  ['exclusion filters without exclusion', settings({
    imageTagMutability: ecr.TagMutability.IMMUTABLE, imageTagMutabilityExclusionFilters: [ecr.ImageTagMutabilityExclusionFilter.wildcard('dev-*')],
  }), /^repositoryDefaults must be settings .* imageTagMutability must be /],
  ['exclusion without filters', settings({ imageTagMutability: ecr.TagMutability.MUTABLE_WITH_EXCLUSION }), /^repositoryDefaults must be settings .* imageTagMutabilityExclusionFilters must be specified/],
  ['six exclusion filters', settings({
    imageTagMutability: ecr.TagMutability.MUTABLE_WITH_EXCLUSION,
    imageTagMutabilityExclusionFilters: Array.from({ length: 6 }, (_, index) => ecr.ImageTagMutabilityExclusionFilter.wildcard(`v${index}*`)),
  }), /^repositoryDefaults must be settings .* between 1 and 5 filters, got 6/],

  ['49 tags', settings({ tags: Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`k${index}`, 'v'])) }), /^repositoryDefaults\.tags must have at most 48 tags .*, got 49$/],
  ['the reserved tag for people', settings({ tags: { 'created-by': 'me' } }), "a key of repositoryDefaults.tags must not be one of the reserved keys created-by and cdk-ecr-auto-create:owner, got 'created-by'"],
  ['the reserved tag of the owner', settings({ tags: { 'cdk-ecr-auto-create:owner': 'me' } }), /^a key of repositoryDefaults\.tags must not be one of the reserved keys .*, got 'cdk-ecr-auto-create:owner'$/],
  ['a tag of AWS', settings({ tags: { 'AWS:x': 'me' } }), "a key of repositoryDefaults.tags must not begin with 'aws:', which AWS reserves, got 'AWS:x'"],
  ['a tag without a key', settings({ tags: { '': 'me' } }), /^a key of repositoryDefaults\.tags must be 1 to 128 letters/],
  ['a long tag key', settings({ tags: { ['k'.repeat(129)]: 'v' } }), /^a key of repositoryDefaults\.tags must be 1 to 128 letters/],
  ['a long tag value', settings({ tags: { team: 'v'.repeat(257) } }), /^repositoryDefaults\.tags\['team'\] must be 0 to 256 letters/],
  ['a tag value with a comma', settings({ tags: { team: 'a,b' } }), "repositoryDefaults.tags['team'] must be 0 to 256 letters, digits, spaces or any of _.:/=+-@, got 'a,b'"],
];

test.each([...WRONG, ...WRONG_SETTINGS])('fails when given %s', (_case, props, message) => {
  const stack = createStack();
  expect(() => new EcrAutoCreate(stack, 'EcrAutoCreate', props)).toThrow(typeof message === 'string' ? new Error(message) : message);
});

test('fails when given a log group and a retention', () => {
  const stack = createStack();
  const logGroup = logs.LogGroup.fromLogGroupName(stack, 'Shared', '/shared/ecr');
  expect(() => new EcrAutoCreate(stack, 'EcrAutoCreate', { logGroup, logRetention: logs.RetentionDays.ONE_DAY })).toThrow(
    'logRetention must be left out with a logGroup, got both; set the retention on the log group',
  );
});

describe('fails when given a key that ECR cannot use:', () => {
  test('an alias of this app', () => {
    const stack = createStack();
    const encryptionKey = new kms.Key(stack, 'Key').addAlias('alias/images');
    expect(() => new EcrAutoCreate(stack, 'EcrAutoCreate', settings({ encryptionKey }))).toThrow(
      /^repositoryDefaults\.encryptionKey must be a key, got an alias \(Platform\/Key\/Alias\); /,
    );
  });

  test('an imported alias', () => {
    const stack = createStack();
    const encryptionKey = kms.Alias.fromAliasName(stack, 'Alias', 'alias/images');
    expect(() => new EcrAutoCreate(stack, 'EcrAutoCreate', settings({ encryptionKey }))).toThrow(/^repositoryDefaults\.encryptionKey must be a key, got an alias/);
  });

  test('an alias imported as a key', () => {
    const stack = createStack();
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-central-1:123456789012:alias/images');
    expect(() => new EcrAutoCreate(stack, 'EcrAutoCreate', settings({ encryptionKey }))).toThrow(/^repositoryDefaults\.encryptionKey must be a key, got an alias/);
  });

  test('a key with AES256', () => {
    const stack = createStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    expect(() => new EcrAutoCreate(stack, 'EcrAutoCreate', settings({ encryptionKey, encryption: ecr.RepositoryEncryption.AES_256 }))).toThrow(
      'repositoryDefaults.encryption must be KMS or KMS_DSSE with an encryptionKey, got AES256',
    );
  });

  test('a key of another Region', () => {
    const stack = createStack({ env: ENV });
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab');
    expect(() => new EcrAutoCreate(stack, 'EcrAutoCreate', settings({ encryptionKey }))).toThrow(
      "repositoryDefaults.encryptionKey must be in the stack's Region, eu-central-1, got a key in us-east-1",
    );
  });
});

test('fails when given a queue that EventBridge cannot use', () => {
  const stack = createStack();
  expect(() => new EcrAutoCreate(stack, 'EcrAutoCreate', { deadLetterQueue: new sqs.Queue(stack, 'Fifo', { fifo: true }) })).toThrow(
    'deadLetterQueue must be a standard queue, as EventBridge takes no other, got the FIFO queue Platform/Fifo',
  );
});

test('leaves nothing behind when it fails', () => {
  const stack = createStack();
  expect(() => new EcrAutoCreate(stack, 'EcrAutoCreate', rule({}))).toThrow();
  expect(stack.node.findAll().map(({ node }) => node.path)).toEqual(['Platform', 'Platform/EcrAutoCreate']);
});

test.each<[string, EcrAutoCreateProps]>([
  ['the bounds from below', {
    retryAttempts: 0,
    maxEventAge: Duration.seconds(60),
    memorySize: 128,
    timeout: Duration.seconds(1),
    reservedConcurrentExecutions: 1,
    runtime: lambda.Runtime.NODEJS_20_X,
  }],
  ['the bounds from above', { retryAttempts: 2, maxEventAge: Duration.hours(6), memorySize: 10_240, timeout: Duration.minutes(15) }],
  ['a runtime newer than this library', { runtime: new lambda.Runtime('nodejs30.x', lambda.RuntimeFamily.NODEJS) }],
  ['48 tags', settings({ tags: Object.fromEntries(Array.from({ length: 48 }, (_, index) => [`k${index}`, '']) ) })],
  ['tags with every character', settings({ tags: { 'Größe.: /=+-@_1': 'é ü_.:/=+-@' } })],
  ['tags that are tokens', settings({ tags: { team: SecretValue.unsafePlainText('x'.repeat(300)).toString() } })],
  ['the longest lifecycle text', settings({ lifecyclePolicyText: policyOf(30_720) })],
  ['no lifecycle rules', settings({ lifecycleRules: [] })],
])('accepts %s', (_case, props) => {
  templateOf(props).resourceCountIs('AWS::Lambda::Function', 1);
});
