import type { Deployments, JudgedResource } from './deployments';
import type { Moto } from './moto';
import { type JsonObject, listOf, objectOf, stringsOf } from '../../local-aws/json';

/** How to see, by the APIs of the services, what became of a resource of a template. */
export interface ResourceType {
  /** What moto has, as a template would say it. */
  readonly describe: (moto: Moto, resource: JudgedResource, deployments: Deployments) => Promise<JsonObject>;
  /** The properties that moto's CloudFormation leaves out. */
  readonly dropped?: readonly string[];
  /** Makes what moto's CloudFormation leaves out: the dropped properties, or the whole resource. */
  readonly make?: (moto: Moto, resource: JudgedResource) => Promise<void>;
  /** Whether moto's CloudFormation leaves out the whole resource. */
  readonly missing?: boolean;
  /** The call that moto's service does not have either: making it tells no more than that boto3 knows its parameters. */
  readonly notImplemented?: string;
  /** Whether it is only seen that there is one. */
  readonly existenceOnly?: boolean;
}

export const RESOURCE_TYPES: Readonly<Partial<Record<string, ResourceType>>> = {
  'AWS::IAM::Role': {
    describe: async (moto, { physicalId }, deployments) => {
      const { Role: role } = await moto.call('iam', 'GetRole', { RoleName: physicalId });
      const { AttachedPolicies: attached } = await moto.call('iam', 'ListAttachedRolePolicies', { RoleName: physicalId });
      // Not those that attach themselves.
      const others = deployments.ofType('AWS::IAM::ManagedPolicy').filter(({ expected }) => stringsOf(expected.Roles).includes(String(physicalId)));
      const arns = listOf(attached).map(policy => objectOf(policy).PolicyArn).filter(arn => others.every(other => other.physicalId !== arn));
      return { ...objectOf(role), ManagedPolicyArns: arns };
    },
    dropped: ['ManagedPolicyArns'],
    make: async (moto, { expected, physicalId }) => {
      for (const arn of stringsOf(expected.ManagedPolicyArns)) await moto.call('iam', 'AttachRolePolicy', { RoleName: physicalId, PolicyArn: arn });
    },
  },
  'AWS::IAM::Policy': {
    describe: async (moto, { expected }) => {
      const [role] = stringsOf(expected.Roles);
      const { PolicyDocument, PolicyName, RoleName } = await moto.call('iam', 'GetRolePolicy', { RoleName: role, PolicyName: expected.PolicyName });
      return { PolicyDocument, PolicyName, Roles: [RoleName] };
    },
  },
  'AWS::IAM::ManagedPolicy': {
    describe: async (moto, { physicalId }) => {
      const { Policy: policy } = await moto.call('iam', 'GetPolicy', { PolicyArn: physicalId });
      const { PolicyVersion: version } = await moto.call('iam', 'GetPolicyVersion', { PolicyArn: physicalId, VersionId: objectOf(policy).DefaultVersionId });
      const { PolicyRoles: roles } = await moto.call('iam', 'ListEntitiesForPolicy', { PolicyArn: physicalId });
      return { ...objectOf(policy), PolicyDocument: objectOf(version).Document, Roles: listOf(roles).map(role => objectOf(role).RoleName) };
    },
    make: async (moto, { expected, physicalId }) => {
      const text = JSON.stringify(expected.PolicyDocument);
      if (withoutLogStreams(text) === text) return;
      await moto.call('iam', 'CreatePolicyVersion', { PolicyArn: physicalId, PolicyDocument: text, SetAsDefault: true });
    },
  },
  'AWS::KMS::Key': {
    describe: async (moto, { physicalId }) => {
      const { Policy: policy } = await moto.call('kms', 'GetKeyPolicy', { KeyId: physicalId, PolicyName: 'default' });
      return { KeyPolicy: documentOf(policy) };
    },
  },
  'AWS::Events::Rule': {
    describe: async (moto, { physicalId }) => {
      const { EventPattern: pattern, ...rule } = await moto.call('events', 'DescribeRule', { Name: physicalId });
      const { Targets } = await moto.call('events', 'ListTargetsByRule', { Rule: physicalId });
      return { ...rule, EventPattern: JSON.parse(String(pattern)), Targets };
    },
  },
  'AWS::Logs::LogGroup': {
    describe: async (moto, { physicalId }) => {
      const { logGroups: [group] } = await moto.call('logs', 'DescribeLogGroups', { logGroupNamePrefix: physicalId }) as { logGroups: JsonObject[] };
      return { RetentionInDays: group.retentionInDays, KmsKeyId: group.kmsKeyId };
    },
    dropped: ['KmsKeyId'],
  },
  'AWS::SQS::Queue': {
    describe: async (moto, { physicalId }) => {
      const { Attributes } = await moto.call('sqs', 'GetQueueAttributes', { QueueUrl: physicalId, AttributeNames: ['All'] });
      const { MessageRetentionPeriod, SqsManagedSseEnabled, VisibilityTimeout, ...others } = Attributes as Record<string, string>;
      return {
        ...others, MessageRetentionPeriod: Number(MessageRetentionPeriod), SqsManagedSseEnabled: SqsManagedSseEnabled === 'true', VisibilityTimeout: Number(VisibilityTimeout),
      };
    },
  },
  'AWS::SQS::QueuePolicy': {
    missing: true,
    make: async (moto, { expected }) => {
      const attributes = { Policy: JSON.stringify(expected.PolicyDocument) };
      for (const url of stringsOf(expected.Queues)) await moto.call('sqs', 'SetQueueAttributes', { QueueUrl: url, Attributes: attributes });
    },
    describe: async (moto, { expected }) => {
      const [url] = stringsOf(expected.Queues);
      const { Attributes: attributes } = await moto.call('sqs', 'GetQueueAttributes', { QueueUrl: url, AttributeNames: ['Policy'] });
      return { PolicyDocument: JSON.parse(String(objectOf(attributes).Policy)), Queues: [url] };
    },
  },
  'AWS::Lambda::Function': {
    describe: async (moto, { expected, physicalId }) => {
      const { Code: code, Configuration } = await moto.call('lambda', 'GetFunction', { FunctionName: physicalId });
      const configuration = objectOf(Configuration);
      // Where the code is now is of Lambda; its file keeps the name.
      const key = String(objectOf(code).Location).split('/').pop();
      return { ...configuration, Code: { ...objectOf(expected.Code), S3Key: key }, KmsKeyArn: configuration.KMSKeyArn };
    },
    dropped: ['Architectures', 'KmsKeyArn', 'LoggingConfig'],
  },
  'AWS::Lambda::Permission': {
    describe: async (moto, { expected }) => {
      const { Policy: policy } = await moto.call('lambda', 'GetPolicy', { FunctionName: expected.FunctionName });
      const statements = listOf(objectOf(JSON.parse(String(policy))).Statement).map(objectOf);
      const found = statements.find(({ Condition }) => Object.values(objectOf(objectOf(Condition).ArnLike)).includes(expected.SourceArn)) ?? {};
      return {
        Action: found.Action,
        FunctionName: found.Resource,
        Principal: objectOf(found.Principal).Service,
        SourceArn: Object.values(objectOf(objectOf(found.Condition).ArnLike))[0],
      };
    },
  },
  'AWS::Lambda::EventSourceMapping': {
    describe: async (moto, { expected, physicalId }) => {
      const mapping = await moto.call('lambda', 'GetEventSourceMapping', { UUID: physicalId });
      // The template names the function, the API gives its ARN.
      const isItsFunction = String(mapping.FunctionArn).endsWith(`:${String(expected.FunctionName)}`);
      return { ...mapping, Enabled: mapping.State !== 'Disabled', FunctionName: isItsFunction ? expected.FunctionName : mapping.FunctionArn };
    },
  },
  'AWS::Lambda::EventInvokeConfig': {
    missing: true,
    make: async (moto, { expected }) => { await moto.call('lambda', 'PutFunctionEventInvokeConfig', expected); },
    describe: async (moto, { expected: { FunctionName, Qualifier } }) =>
      ({ ...await moto.call('lambda', 'GetFunctionEventInvokeConfig', { FunctionName, Qualifier }), FunctionName, Qualifier }),
  },
  'AWS::S3::Bucket': {
    existenceOnly: true,
    describe: async (moto, { physicalId }) => moto.call('s3', 'HeadBucket', { Bucket: physicalId }),
  },
  'AWS::S3::BucketPolicy': {
    missing: true,
    make: async (moto, { expected }) => {
      await moto.call('s3', 'PutBucketPolicy', { Bucket: expected.Bucket, Policy: JSON.stringify(expected.PolicyDocument) });
    },
    describe: async (moto, { expected: { Bucket } }) => {
      const { Policy: policy } = await moto.call('s3', 'GetBucketPolicy', { Bucket });
      return { Bucket, PolicyDocument: JSON.parse(String(policy)) };
    },
  },
  'AWS::CloudTrail::Trail': {
    missing: true,
    make: async (moto, { expected, logicalId: Name }) => {
      const { EnableLogFileValidation, EventSelectors, IncludeGlobalServiceEvents, IsMultiRegionTrail } = expected;
      const { KMSKeyId, S3BucketName, S3KeyPrefix } = expected;
      const trail = { Name, EnableLogFileValidation, IncludeGlobalServiceEvents, IsMultiRegionTrail, KmsKeyId: KMSKeyId, S3BucketName, S3KeyPrefix };
      await moto.call('cloudtrail', 'CreateTrail', JSON.parse(JSON.stringify(trail)) as JsonObject);
      await moto.call('cloudtrail', 'PutEventSelectors', { TrailName: Name, EventSelectors });
      if (expected.IsLogging === true) await moto.call('cloudtrail', 'StartLogging', { Name });
    },
    describe: async (moto, { logicalId: Name }) => {
      const { Trail: trail } = await moto.call('cloudtrail', 'GetTrail', { Name });
      const { EventSelectors } = await moto.call('cloudtrail', 'GetEventSelectors', { TrailName: Name });
      const { IsLogging } = await moto.call('cloudtrail', 'GetTrailStatus', { Name });
      const { LogFileValidationEnabled, ...others } = objectOf(trail);
      return { ...others, EnableLogFileValidation: LogFileValidationEnabled, EventSelectors, IsLogging };
    },
  },
  'AWS::ECR::RepositoryCreationTemplate': {
    missing: true,
    notImplemented: 'create_repository_creation_template',
    make: async (moto, { expected }) => {
      const { ResourceTags, ...properties } = expected;
      await moto.call('ecr', 'CreateRepositoryCreationTemplate', { ...objectOf(withSmallInitials(properties)), ...(ResourceTags !== undefined && { resourceTags: ResourceTags }) });
    },
    describe: async moto => moto.call('ecr', 'DescribeRepositoryCreationTemplates'),
  },
};

/** A text with the ARNs of log groups as moto's `Fn::GetAtt` has them: without the `:*` for the streams that CloudFormation documents. */
export function withoutLogStreams(text: string): string {
  return text.replaceAll(/(:log-group:[^":]+):\*/g, '$1');
}

/** A policy as an object: the API gives its text, and moto what its CloudFormation had. */
function documentOf(policy: unknown): unknown {
  return typeof policy === 'string' ? JSON.parse(policy) : policy;
}

/** The names of properties as ECR's API has them, where a template begins them with a capital. */
function withSmallInitials(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSmallInitials);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [`${key[0].toLowerCase()}${key.slice(1)}`, withSmallInitials(each)]));
}
