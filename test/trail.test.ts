import { RemovalPolicy } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { createStack, ENV, messages, only } from './fixtures';
import { createTrail } from '../src/trail';

const TRAILS = `arn:aws:cloudtrail:${ENV.region}:${ENV.account}:trail/*`;
const KEY = `arn:aws:kms:${ENV.region}:${ENV.account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const KEY_STATEMENTS = [
  {
    Effect: 'Allow',
    Action: 'kms:GenerateDataKey*',
    Principal: { Service: 'cloudtrail.amazonaws.com' },
    Resource: '*',
    Condition: { StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': TRAILS, 'aws:SourceArn': TRAILS } },
  },
  {
    Effect: 'Allow',
    Action: 'kms:DescribeKey',
    Principal: { Service: 'cloudtrail.amazonaws.com' },
    Resource: '*',
    Condition: { StringLike: { 'aws:SourceArn': TRAILS } },
  },
];

/** As in the commercial Regions. */
function trailStack() {
  return createStack({ env: ENV }, { context: { '@aws-cdk/core:enablePartitionLiterals': true } });
}

describe('a trail', () => {
  const stack = trailStack();
  const trail = createTrail(stack, 'Trail', { removalPolicy: RemovalPolicy.RETAIN });
  const template = Template.fromStack(stack);
  const [bucket] = Object.keys(template.findResources('AWS::S3::Bucket'));
  const [policy] = Object.keys(template.findResources('AWS::S3::BucketPolicy'));
  const bucketArn = { 'Fn::GetAtt': [bucket, 'Arn'] };
  const objects = (prefix: string) => ({ 'Fn::Join': ['', [bucketArn, `/${prefix}*`]] });

  test('logs the management write events of its Region, and nothing else', () => {
    expect(only(template, 'AWS::CloudTrail::Trail').Properties).toEqual({
      IsLogging: true,
      EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: 'WriteOnly' }],
      IsMultiRegionTrail: false,
      IncludeGlobalServiceEvents: false,
      EnableLogFileValidation: true,
      S3BucketName: { Ref: bucket },
    });
    expect(stack.resolve(trail.trailArn)).toEqual({ 'Fn::GetAtt': [expect.stringContaining('Trail'), 'Arn'] });
  });

  test('comes after the policy that lets it write', () => {
    expect(only(template, 'AWS::CloudTrail::Trail').DependsOn).toContain(policy);
  });

  test('has a private, encrypted bucket that expires its objects', () => {
    expect(only(template, 'AWS::S3::Bucket')).toMatchObject({
      Properties: {
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        LifecycleConfiguration: { Rules: [{ ExpirationInDays: 90, Status: 'Enabled' }] },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    template.hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: Match.absent(), BucketName: Match.absent(), AccessControl: Match.absent(), OwnershipControls: Match.absent(),
    });
  });

  test('lets only this account\'s and Region\'s trails write to the bucket', () => {
    expect(only(template, 'AWS::S3::BucketPolicy').Properties.PolicyDocument.Statement).toEqual([
      {
        Effect: 'Deny',
        Action: 's3:*',
        Principal: { AWS: '*' },
        Resource: [bucketArn, objects('')],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        Effect: 'Allow',
        Action: 's3:GetBucketAcl',
        Principal: { Service: 'cloudtrail.amazonaws.com' },
        Resource: bucketArn,
        Condition: { StringLike: { 'aws:SourceArn': TRAILS } },
      },
      {
        Effect: 'Allow',
        Action: 's3:PutObject',
        Principal: { Service: 'cloudtrail.amazonaws.com' },
        Resource: objects(`AWSLogs/${ENV.account}/`),
        Condition: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' }, StringLike: { 'aws:SourceArn': TRAILS } },
      },
    ]);
  });

  test('is told to cost money beside another trail', () => {
    expect(messages(template, stack, 'info')).toEqual([expect.stringMatching(/^createTrail adds a trail: .*\[ack: cdk-ecr-auto-create:trailCost\]$/)]);
    expect(messages(template, stack, 'warning')).toEqual([]);
  });
});

test('a bucket to be destroyed is not emptied by a custom resource', () => {
  const stack = createStack();
  createTrail(stack, 'Trail', { removalPolicy: RemovalPolicy.DESTROY });
  const template = Template.fromStack(stack);
  template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
  template.resourceCountIs('AWS::Lambda::Function', 0);
  template.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
});

test('a customer key encrypts the log files, and lets CloudTrail use it', () => {
  const stack = trailStack();
  const encryptionKey = new kms.Key(stack, 'Key');
  createTrail(stack, 'Trail', { removalPolicy: RemovalPolicy.RETAIN, encryptionKey });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::CloudTrail::Trail', { KMSKeyId: stack.resolve(encryptionKey.keyArn) });
  expect(only(template, 'AWS::KMS::Key').Properties.KeyPolicy.Statement.slice(1)).toEqual(KEY_STATEMENTS);
  expect(messages(template, stack, 'warning')).toEqual([]);
});

test('an imported key gets a warning with the statements it needs', () => {
  const stack = trailStack();
  createTrail(stack, 'Trail', { removalPolicy: RemovalPolicy.RETAIN, encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY) });
  const warnings = messages(Template.fromStack(stack), stack, 'warning');
  expect(warnings).toEqual([expect.stringContaining(
    'the policy of the key of encryptionKey is not this app\'s: unless it has these statements, CloudTrail cannot use the key for the trail\'s log files: [{',
  )]);
  expect(JSON.parse(/\[\{.*\}\]/.exec(warnings[0])![0])).toEqual(KEY_STATEMENTS);
});

test('fails when the key is an alias', () => {
  const stack = createStack();
  const encryptionKey = kms.Alias.fromAliasName(stack, 'Alias', 'alias/mine');
  expect(() => createTrail(stack, 'Trail', { removalPolicy: RemovalPolicy.RETAIN, encryptionKey })).toThrow(
    'encryptionKey must be a key, got an alias (Platform/Alias); IAM and CloudTrail need the key\'s ARN',
  );
});

test('two trails live side by side', () => {
  const stack = createStack();
  for (const id of ['One', 'Two']) createTrail(stack, id, { removalPolicy: RemovalPolicy.RETAIN });
  Template.fromStack(stack).resourceCountIs('AWS::CloudTrail::Trail', 2);
});
