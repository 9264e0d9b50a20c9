import { Duration, type Environment, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { EcrAutoCreate, EcrAutoCreateProps, RepositorySettings } from '../../../src';
import { PREFIXES, teamPrefix } from '../../local-aws/largest-apps';

/** One way to use the construct, in one respect. */
export interface Value {
  readonly name: string;
  /** Where the stack is. @default - nobody knows */
  readonly env?: Environment;
  /** @param given the scope of what a user makes and gives */
  readonly props?: (given: Construct) => Partial<EcrAutoCreateProps>;
  /** What is done with the construct. */
  readonly use?: (construct: EcrAutoCreate, given: Construct) => void;
  /** The names of values of other parameters that this one cannot be with. */
  readonly excludes?: readonly string[];
}

const ACCOUNT = '123456789012';
const inRegion = (region: string): Value => ({ name: region, env: { account: ACCOUNT, region } });
const keyOf = (given: Construct, id: string) => new kms.Key(given, id, { enableKeyRotation: true });
const queueOf = (given: Construct, id: string, props: sqs.QueueProps = {}) =>
  new sqs.Queue(given, id, { enforceSSL: true, retentionPeriod: Duration.days(14), ...props });

/** ARNs that are of the stack's partition, Region and account. */
const arnOf = (given: Construct, service: string, resource: string, resourceName?: string, region?: string) =>
  Stack.of(given).formatArn({ service, resource, resourceName, region });

const SETTINGS: RepositorySettings = {
  imageTagMutability: ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
  imageTagMutabilityExclusionFilters: [ecr.ImageTagMutabilityExclusionFilter.wildcard('latest')],
  lifecycleRules: [{ tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 20 }],
  tags: { team: 'platform' },
};

const pullableFrom = (account: string) => new iam.PolicyDocument({
  statements: [new iam.PolicyStatement({
    principals: [new iam.AccountPrincipal(account)],
    actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  })],
});

const importedVpc = (given: Construct) => ec2.Vpc.fromVpcAttributes(given, 'Vpc', {
  vpcId: 'vpc-0123456789abcdef0',
  availabilityZones: ['a', 'b'],
  privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
});

/** In which respects uses of the construct differ. The first value of each is what one gets without a prop, and goes with every other. */
export const PARAMETERS: readonly (readonly Value[])[] = [
  [{ name: 'anywhere' }, inRegion('eu-central-1'), inRegion('cn-north-1'), inRegion('us-gov-west-1')],
  [
    { name: 'events' },
    { name: 'both-engines', props: () => ({ creationTemplates: true }) },
  ],
  [
    { name: 'every-name' },
    { name: 'prefixes', props: () => ({ allowedPrefixes: ['backend/', 'frontend/'] }) },
    {
      name: 'guarded',
      props: () => ({
        allowedPrefixes: ['backend/', 'team-'],
        deniedPrefixes: ['team-legacy'],
        allowedPrincipals: ['arn:*:iam::*:role/ci-*'],
        creatorTagKey: 'created-for',
      }),
      excludes: ['both-engines'],
    },
    { name: '500-prefixes', props: () => ({ allowedPrefixes: Array.from({ length: PREFIXES }, (_, team) => teamPrefix(team)) }), excludes: ['both-engines'] },
  ],
  [
    { name: 'ecr-defaults' },
    { name: 'settings', props: () => ({ repositoryDefaults: { ...SETTINGS, repositoryPolicy: pullableFrom('210987654321') } }) },
    {
      name: 'image-key',
      props: given => ({ repositoryDefaults: { encryption: ecr.RepositoryEncryption.KMS_DSSE, encryptionKey: keyOf(given, 'ImageKey') } }),
    },
    {
      name: 'overrides',
      props: () => ({
        repositoryDefaults: { ...SETTINGS, imageScanOnPush: false },
        repositoryOverrides: [
          { prefix: 'backend/', settings: { lifecycleRules: [], repositoryPolicy: pullableFrom('111122223333') } },
          { prefix: 'backend/sandbox/', settings: { imageTagMutability: ecr.TagMutability.MUTABLE, tags: { team: 'sandbox' } } },
        ],
      }),
      // It has none of the prefixes.
      excludes: ['500-prefixes'],
    },
  ],
  [
    { name: 'service-keys' },
    { name: 'customer-key', props: given => ({ encryptionKey: keyOf(given, 'Key') }) },
    {
      name: 'imported-customer-key',
      props: given => ({
        encryptionKey: kms.Key.fromKeyArn(given, 'Key', arnOf(given, 'kms', 'key', '01234567-89ab-cdef-0123-456789abcdef')),
      }),
    },
  ],
  [
    { name: 'own-queue' },
    { name: 'without-redrive', props: () => ({ redrive: false }) },
    { name: 'given-queue', props: given => ({ deadLetterQueue: queueOf(given, 'Queue') }) },
    {
      name: 'given-queue-with-key-and-redrive',
      props: given => ({
        deadLetterQueue: queueOf(given, 'Queue', { encryptionMasterKey: keyOf(given, 'QueueKey'), visibilityTimeout: Duration.minutes(15) }),
        redrive: true,
      }),
    },
  ],
  [
    { name: 'own-log' },
    { name: 'short-log', props: () => ({ logRetention: logs.RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY }) },
    { name: 'given-log', props: given => ({ logGroup: new logs.LogGroup(given, 'LogGroup') }) },
  ],
  [
    { name: 'own-role' },
    { name: 'given-role', props: given => ({ role: new iam.Role(given, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }) }) },
    { name: 'imported-role', props: given => ({ role: iam.Role.fromRoleArn(given, 'Role', arnOf(given, 'iam', 'role', 'handler', '')) }) },
  ],
  [
    { name: 'no-vpc' },
    { name: 'vpc', props: given => ({ vpc: importedVpc(given) }) },
    {
      name: 'vpc-with-subnets-and-groups',
      props: given => {
        const vpc = importedVpc(given);
        return {
          vpc,
          vpcSubnets: { subnets: [vpc.privateSubnets[0]] },
          securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(given, 'SecurityGroup', 'sg-0123456789abcdef0')],
        };
      },
    },
  ],
  [{ name: 'no-trail' }, { name: 'trail', props: () => ({ createTrail: true }) }],
  [
    { name: 'untraced' },
    { name: 'traced', props: () => ({ tracing: lambda.Tracing.ACTIVE }) },
    { name: 'passed-through', props: () => ({ tracing: lambda.Tracing.PASS_THROUGH }) },
  ],
  [
    { name: 'unreserved' },
    { name: 'reserved', props: () => ({ reservedConcurrentExecutions: 5 }) },
    { name: 'switched-off', props: () => ({ reservedConcurrentExecutions: 0 }) },
  ],
  [
    { name: 'arm' },
    { name: 'x86', props: () => ({ architecture: lambda.Architecture.X86_64 }) },
    { name: 'older-runtime', props: () => ({ runtime: lambda.Runtime.NODEJS_22_X }) },
    {
      name: 'tuned',
      props: () => ({ memorySize: 1_769, timeout: Duration.minutes(1), retryAttempts: 0, maxEventAge: Duration.minutes(5) }),
    },
  ],
  [
    { name: 'unobserved' },
    {
      name: 'alarms',
      use: (construct, given) => {
        const topic = new SnsAction(sns.Topic.fromTopicArn(given, 'Topic', arnOf(given, 'sns', 'operators')));
        construct.addAlarms('Alarms', { alarmActions: [topic], okActions: [topic] });
      },
    },
    { name: 'alarms-without-actions', use: construct => void construct.addAlarms('Alarms') },
    { name: 'dashboard', use: (construct, given) => construct.addDashboardWidgets(new cloudwatch.Dashboard(given, 'Dashboard')) },
    { name: 'news', use: (construct, given) => void construct.onRepositoryCreated('Created', { target: new SqsQueue(queueOf(given, 'News')) }) },
  ],
  [
    { name: 'no-grants' },
    {
      name: 'grants',
      use: (construct, given) => {
        construct.grantPush(new iam.Role(given, 'CiRole', { assumedBy: new iam.AccountRootPrincipal() }));
        construct.grantPull(new iam.Role(given, 'PullingRole', { assumedBy: new iam.AccountRootPrincipal() }));
      },
    },
  ],
];
