import { Annotations, Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudtrail from 'aws-cdk-lib/aws-cloudtrail';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledged-findings';
import { allowInKeyPolicy, checkKey } from './kms-key';

const CLOUDTRAIL = 'cloudtrail.amazonaws.com';

/** How the trail's log files are kept. */
export interface CreateTrailOptions {
  /** Of the bucket. */
  readonly removalPolicy: RemovalPolicy;

  /** A customer key for the log files. */
  readonly encryptionKey?: kms.IKey;
}

/** The least trail that makes EventBridge see failed pushes: management write events of this Region. */
export function createTrail(scope: Construct, id: string, options: CreateTrailOptions): cloudtrail.Trail {
  const { encryptionKey } = options;
  if (encryptionKey) allowCloudTrail(scope, encryptionKey);
  const bucket = createBucket(scope, `${id}Bucket`, options.removalPolicy);
  const trail = new cloudtrail.Trail(scope, id, {
    managementEvents: cloudtrail.ReadWriteType.WRITE_ONLY,
    isMultiRegionTrail: false,
    includeGlobalServiceEvents: false,
    enableFileValidation: true,
    encryptionKey,
    // By name, because the Trail would let the trails of every account write to a bucket that it can change.
    bucket: s3.Bucket.fromBucketName(scope, `${id}BucketByName`, bucket.bucketName),
  });
  // CloudTrail checks at the trail's creation whether it may write: the bucket's policy must be there.
  trail.node.addDependency(bucket);
  acknowledge(trail, {
    rules: ['CloudTrailCloudWatchLogsEnabled'],
    checks: ['CKV_AWS_67'],
    reason: 'The trail is there for events of this Region to reach EventBridge, as the least that does it',
  });
  if (encryptionKey === undefined) {
    acknowledge(trail, {
      rules: ['CloudTrailEncryptionEnabled'],
      checks: ['CKV_AWS_35'],
      reason: 'The log files are encrypted by keys of Amazon S3; encryptionKey makes it a customer key',
    });
  }

  Annotations.of(scope).addInfoV2('cdk-ecr-auto-create:trailCost',
    'createTrail adds a trail: where another one logs this Region\'s management events already, leave it out, as CloudTrail delivers one copy of them for free and charges for each further one (https://aws.amazon.com/cloudtrail/pricing/)');
  return trail;
}

/**
 * A bucket that only trails of this account and Region may write to.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
 */
function createBucket(scope: Construct, id: string, removalPolicy: RemovalPolicy): s3.Bucket {
  const bucket = new s3.Bucket(scope, id, {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    encryption: s3.BucketEncryption.S3_MANAGED,
    // As long as CloudTrail's own event history goes back: the trail is there for its events, not as an archive.
    lifecycleRules: [{ expiration: Duration.days(90) }],
    // Nor is it emptied on DESTROY: that takes a custom resource, whose function may delete the log files.
    removalPolicy,
  });
  acknowledge(bucket, {
    rules: ['AwsSolutions-S1', 'S3BucketLoggingEnabled', 'S3BucketReplicationEnabled', 'S3BucketVersioningEnabled'],
    checks: ['CKV_AWS_18', 'CKV_AWS_21'],
    reason: 'It holds log files that CloudTrail writes once and that expire: the trail is there for its events, not as an archive',
  }, {
    rules: ['S3DefaultEncryptionKMS'],
    reason: 'CloudTrail itself encrypts the log files with encryptionKey where that is set; the bucket encrypts all else by keys of Amazon S3',
  });
  const principals = [new iam.ServicePrincipal(CLOUDTRAIL)];
  bucket.addToResourcePolicy(new iam.PolicyStatement({
    principals,
    actions: ['s3:GetBucketAcl'],
    resources: [bucket.bucketArn],
    conditions: { StringLike: { 'aws:SourceArn': trailArns(scope) } },
  }));
  bucket.addToResourcePolicy(new iam.PolicyStatement({
    principals,
    actions: ['s3:PutObject'],
    resources: [bucket.arnForObjects(`AWSLogs/${Stack.of(scope).account}/*`)],
    conditions: {
      StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' },
      StringLike: { 'aws:SourceArn': trailArns(scope) },
    },
  }));
  return bucket;
}

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html */
function allowCloudTrail(scope: Construct, key: kms.IKey): void {
  checkKey(scope, 'encryptionKey', key, 'CloudTrail');
  const principals = [new iam.ServicePrincipal(CLOUDTRAIL)];
  const arns = trailArns(scope);
  allowInKeyPolicy(scope, key, {
    prop: 'encryptionKey',
    warning: 'encryptionKeyTrailPolicy',
    otherwise: 'CloudTrail cannot use the key for the trail\'s log files',
    statements: [
      new iam.PolicyStatement({
        principals,
        actions: ['kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': arns, 'aws:SourceArn': arns } },
      }),
      new iam.PolicyStatement({
        principals,
        actions: ['kms:DescribeKey'],
        resources: ['*'],
        conditions: { StringLike: { 'aws:SourceArn': arns } },
      }),
    ],
  });
}

/**
 * Matches the trails of this account and Region.
 *
 * The trail's own name is known only after its bucket's and key's policies are there.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cross-service-confused-deputy-prevention.html
 */
function trailArns(scope: Construct): string {
  return Stack.of(scope).formatArn({ service: 'cloudtrail', resource: 'trail', resourceName: '*' });
}
