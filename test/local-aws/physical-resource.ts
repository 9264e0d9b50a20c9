import { createHash } from 'node:crypto';

/** Where a stack is deployed to. */
export interface Environment {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** A resource as AWS knows it. */
export interface PhysicalResource {
  /** The value of `Ref`. */
  readonly physicalId: string;
  readonly arn?: string;
  /** The values of `Fn::GetAtt`. */
  readonly attributes: Readonly<Partial<Record<string, string>>>;
}

/** What a resource's ids are made of. */
export interface ResourceIdentity {
  readonly type: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly environment: Environment;
  /** @returns the resolved string of a property that is part of the ids */
  property(name: string): string | undefined;
}

/** The domain that a partition's endpoints end with. */
export function urlSuffix(partition: string): string {
  return partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/** A UUID that is the same at each deployment of the same thing. */
export function stableUuid(...parts: string[]): string {
  return createHash('sha256').update(parts.join('/')).digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

/** Letters and digits, as AWS appends to names and ids; the same at each deployment of the same thing. */
export function stableSuffix(length: number, ...parts: string[]): string {
  return BigInt(`0x${createHash('sha256').update(parts.join('/')).digest('hex')}`).toString(36).toUpperCase().slice(0, length);
}

/** Gives a resource the ids that AWS would give it. */
export function createPhysicalResource(identity: ResourceIdentity): PhysicalResource {
  const create = TYPES[identity.type];
  return create === undefined ? { physicalId: nameOf(identity), attributes: {} } : create(identity);
}

const TYPES: Readonly<Partial<Record<string, (identity: ResourceIdentity) => PhysicalResource>>> = {
  'AWS::IAM::Role': identity => {
    const name = nameOf(identity, 'RoleName', 64);
    const arn = iamArn(identity, 'role', name);
    return { physicalId: name, arn, attributes: { Arn: arn, RoleId: `AROA${suffixOf(identity, 17)}` } };
  },
  'AWS::IAM::User': identity => {
    const name = nameOf(identity, 'UserName', 64);
    const arn = iamArn(identity, 'user', name);
    return { physicalId: name, arn, attributes: { Arn: arn } };
  },
  'AWS::IAM::ManagedPolicy': identity => {
    const arn = iamArn(identity, 'policy', nameOf(identity, 'ManagedPolicyName', 128));
    return { physicalId: arn, arn, attributes: { PolicyArn: arn, PolicyId: `ANPA${suffixOf(identity, 17)}` } };
  },
  'AWS::IAM::Policy': withId,
  'AWS::Lambda::Function': identity => {
    const name = nameOf(identity, 'FunctionName', 64);
    const arn = arnOf(identity, 'lambda', `function:${name}`);
    return { physicalId: name, arn, attributes: { Arn: arn } };
  },
  'AWS::Lambda::LayerVersion': identity => {
    const arn = arnOf(identity, 'lambda', `layer:${identity.property('LayerName') ?? identity.logicalId}:1`);
    return { physicalId: arn, arn, attributes: { LayerVersionArn: arn } };
  },
  'AWS::Lambda::Permission': withId,
  'AWS::Lambda::EventInvokeConfig': identity => ({
    physicalId: `${identity.property('FunctionName')}|${identity.property('Qualifier')}`, attributes: {},
  }),
  'AWS::Lambda::EventSourceMapping': identity => {
    const id = uuidOf(identity);
    const arn = arnOf(identity, 'lambda', `event-source-mapping:${id}`);
    return { physicalId: id, arn, attributes: { Id: id, EventSourceMappingArn: arn } };
  },
  'AWS::SQS::Queue': identity => {
    const isFifo = identity.property('FifoQueue') === 'true';
    const name = identity.property('QueueName') ?? nameOf(identity, undefined, 75) + (isFifo ? '.fifo' : '');
    const { account, partition, region } = identity.environment;
    const arn = arnOf(identity, 'sqs', name);
    const url = `https://sqs.${region}.${urlSuffix(partition)}/${account}/${name}`;
    return { physicalId: url, arn, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
  },
  'AWS::SQS::QueuePolicy': withId,
  'AWS::Events::Rule': identity => {
    const name = nameOf(identity, 'Name', 64);
    const bus = identity.property('EventBusName')?.split('/').at(-1) ?? 'default';
    const arn = arnOf(identity, 'events', bus === 'default' ? `rule/${name}` : `rule/${bus}/${name}`);
    return { physicalId: bus === 'default' ? name : `${bus}|${name}`, arn, attributes: { Arn: arn } };
  },
  'AWS::Logs::LogGroup': identity => {
    const name = nameOf(identity, 'LogGroupName', 512);
    const arn = arnOf(identity, 'logs', `log-group:${name}:*`);
    return { physicalId: name, arn, attributes: { Arn: arn } };
  },
  'AWS::KMS::Key': identity => {
    const id = uuidOf(identity);
    const arn = arnOf(identity, 'kms', `key/${id}`);
    return { physicalId: id, arn, attributes: { Arn: arn, KeyId: id } };
  },
  'AWS::KMS::Alias': identity => ({ physicalId: nameOf(identity, 'AliasName'), attributes: {} }),
  'AWS::ECR::Repository': identity => {
    const name = identity.property('RepositoryName') ?? nameOf(identity).toLowerCase();
    const { account, partition, region } = identity.environment;
    const arn = arnOf(identity, 'ecr', `repository/${name}`);
    return { physicalId: name, arn, attributes: { Arn: arn, RepositoryUri: `${account}.dkr.ecr.${region}.${urlSuffix(partition)}/${name}` } };
  },
  'AWS::ECR::RepositoryCreationTemplate': identity => {
    const now = new Date().toISOString();
    return { physicalId: nameOf(identity, 'Prefix'), attributes: { CreatedAt: now, UpdatedAt: now } };
  },
  'AWS::SNS::Topic': identity => {
    const name = nameOf(identity, 'TopicName', 250);
    const arn = arnOf(identity, 'sns', name);
    return { physicalId: arn, arn, attributes: { TopicArn: arn, TopicName: name } };
  },
  'AWS::S3::Bucket': identity => {
    const name = identity.property('BucketName') ?? nameOf(identity, undefined, 63).toLowerCase();
    const { partition, region } = identity.environment;
    const arn = `arn:${partition}:s3:::${name}`;
    const domain = urlSuffix(partition);
    const attributes = { Arn: arn, DomainName: `${name}.s3.${domain}`, RegionalDomainName: `${name}.s3.${region}.${domain}` };
    return { physicalId: name, arn, attributes };
  },
  'AWS::CloudTrail::Trail': identity => {
    const name = nameOf(identity, 'TrailName', 128);
    const arn = arnOf(identity, 'cloudtrail', `trail/${name}`);
    return { physicalId: name, arn, attributes: { Arn: arn } };
  },
  'AWS::CloudWatch::Alarm': identity => {
    const name = nameOf(identity, 'AlarmName', 255);
    const arn = arnOf(identity, 'cloudwatch', `alarm:${name}`);
    return { physicalId: name, arn, attributes: { Arn: arn } };
  },
  'AWS::EC2::SecurityGroup': identity => {
    const id = `sg-${suffixOf(identity, 17).toLowerCase()}`;
    return { physicalId: id, attributes: { GroupId: id } };
  },
};

/** A type of which only CloudFormation knows the id. */
function withId(identity: ResourceIdentity): PhysicalResource {
  const id = nameOf(identity);
  return { physicalId: id, attributes: { Id: id } };
}

/** The name that the template gives, else one made of the stack's name and the logical id, of which a long name loses the ends. */
function nameOf(identity: ResourceIdentity, property?: string, maximum = 255): string {
  const given = property === undefined ? undefined : identity.property(property);
  if (given !== undefined) return given;
  const suffix = suffixOf(identity, 12);
  const room = Math.floor((maximum - suffix.length - 2) / 2);
  return `${identity.stackName.slice(0, room)}-${identity.logicalId.slice(0, room)}-${suffix}`;
}

function suffixOf({ stackName, logicalId }: ResourceIdentity, length: number): string {
  return stableSuffix(length, stackName, logicalId);
}

function uuidOf({ stackName, logicalId }: ResourceIdentity): string {
  return stableUuid(stackName, logicalId);
}

function arnOf({ environment: { account, partition, region } }: ResourceIdentity, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}

function iamArn(identity: ResourceIdentity, kind: string, name: string): string {
  const { account, partition } = identity.environment;
  return `arn:${partition}:iam::${account}:${kind}${identity.property('Path') ?? '/'}${name}`;
}
