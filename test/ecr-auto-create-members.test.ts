import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { EcrAutoCreate, EcrCreationTemplates } from '../src';
import { createStack, ENV, messages, only, readable, templateOf } from './fixtures';

describe('redrive', () => {
  test('is a disabled mapping from our queue to the function', () => {
    const stack = createStack();
    const construct = new EcrAutoCreate(stack, 'EcrAutoCreate');
    expect(only(Template.fromStack(stack), 'AWS::Lambda::EventSourceMapping').Properties).toEqual({
      EventSourceArn: stack.resolve(construct.deadLetterQueue.queueArn),
      FunctionName: stack.resolve(construct.handler.functionName),
      Enabled: false,
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 2 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  test.each([[undefined, 0], [true, 1]])('of a given queue has to be asked for: %s', (redrive, count) => {
    const stack = createStack();
    templateOf({ deadLetterQueue: new sqs.Queue(stack, 'Given'), redrive }, stack).resourceCountIs('AWS::Lambda::EventSourceMapping', count);
  });

  test('can be left out', () => {
    templateOf({ redrive: false }).resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
  });
});

describe.each<['grantPush' | 'grantPull', string[]]>([
  ['grantPush', ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart']],
  ['grantPull', ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']],
])('%s', (method, actions) => {
  function granted(allowedPrefixes?: string[]) {
    const stack = createStack({ env: ENV });
    const construct = new EcrAutoCreate(stack, 'EcrAutoCreate', { allowedPrefixes });
    const grantee = new iam.Role(stack, 'Ci', { assumedBy: new iam.AccountRootPrincipal() });
    const grant = construct[method](grantee);
    expect(grant.success).toBe(true);
    const template = Template.fromStack(stack);
    const policies = [...Object.values(template.findResources('AWS::IAM::Policy')), ...Object.values(template.findResources('AWS::IAM::ManagedPolicy'))]
      .filter(({ Properties }) => !JSON.stringify(Properties).includes('ecr:CreateRepository') && !JSON.stringify(Properties).includes('logs:'));
    const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    return { stack, template, statements, resources: statements.filter(({ Resource }) => Resource !== '*').flatMap(({ Resource }) => [Resource].flat().map(readable)) };
  }

  test('permits the allowed names, and a token for the registry', () => {
    expect(granted(['backend/', 'frontend/']).statements).toEqual([
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      { Effect: 'Allow', Action: actions, Resource: [expect.anything(), expect.anything()] },
    ]);
    expect(granted(['backend/', 'frontend/']).resources).toEqual(
      ['backend', 'frontend'].map(name => `arn:<AWS::Partition>:ecr:eu-central-1:123456789012:repository/${name}/*`));
  });

  test('permits the whole registry without an allow-list, and never to create', () => {
    const { resources, statements } = granted();
    expect(resources).toEqual(['arn:<AWS::Partition>:ecr:eu-central-1:123456789012:repository/*']);
    expect(JSON.stringify(statements)).not.toContain('CreateRepository');
  });

  test('splits over managed policies for hundreds of prefixes', () => {
    const prefixes = Array.from({ length: 250 }, (_, index) => `division-${index % 9}/team-${index}/`);
    const { resources, stack, template } = granted(prefixes);
    expect(new Set(resources)).toEqual(new Set(prefixes.map(prefix => `arn:<AWS::Partition>:ecr:eu-central-1:123456789012:repository/${prefix}*`)));
    expect(messages(template, stack, 'warning')).toEqual([]);
  });

  test('covers common prefixes, with a warning, where that is not enough', () => {
    const prefixes = Array.from({ length: 500 }, (_, index) => `division-${index % 9}/team-${index}/`);
    const { resources, stack, template } = granted(prefixes);
    expect(prefixes.filter(prefix => !resources.some(arn => `arn:<AWS::Partition>:ecr:eu-central-1:123456789012:repository/${prefix}`.startsWith(arn.slice(0, -1)))))
      .toEqual([]);
    expect(messages(template, stack, 'warning')).toEqual([expect.stringMatching(
      /^allowedPrefixes are too many for the 4 managed policies that Platform\/Ci can hold: its permissions cover \d+ common prefixes instead of 500; /)]);
  });

  test('both can be given to one role', () => {
    const stack = createStack({ env: ENV });
    const construct = new EcrAutoCreate(stack, 'EcrAutoCreate', { allowedPrefixes: Array.from({ length: 250 }, (_, index) => `division-${index % 9}/team-${index}/`) });
    const grantee = new iam.Role(stack, 'Ci', { assumedBy: new iam.AccountRootPrincipal() });
    construct.grantPush(grantee);
    construct.grantPull(grantee);
    const role = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Role')).find(([id]) => id.startsWith('Ci'))![1];
    expect(role.Properties.ManagedPolicyArns.length).toBeLessThanOrEqual(8);
  });

  test('goes into one statement for who is no role', () => {
    const stack = createStack({ env: ENV });
    const user = new iam.User(stack, 'Jo');
    expect(new EcrAutoCreate(stack, 'EcrAutoCreate', { allowedPrefixes: ['a/'] })[method](user).success).toBe(true);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', { Users: [stack.resolve(user.userName)] });
  });
});

describe('onRepositoryCreated', () => {
  const handlerRole = { 'Fn::GetAtt': [expect.stringMatching(/^EcrAutoCreateRole/), 'Arn'] };

  function ruleOf(construct: EcrAutoCreate, stack: Stack) {
    construct.onRepositoryCreated('Created', {
      target: new targets.SnsTopic(new sns.Topic(stack, 'Topic')), description: 'new repository', eventPattern: { detail: { awsRegion: ['eu-central-1'] } },
    });
    return Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule')).find(({ Properties }) => Properties.Description === 'new repository')!.Properties;
  }

  test('matches successful creations by the function\'s role', () => {
    const stack = createStack({ env: ENV });
    const rule = ruleOf(new EcrAutoCreate(stack, 'EcrAutoCreate'), stack);
    expect(rule.EventPattern).toEqual({
      'source': ['aws.ecr'],
      'detail-type': ['AWS API Call via CloudTrail'],
      'account': ['123456789012'],
      'region': ['eu-central-1'],
      'detail': {
        awsRegion: ['eu-central-1'],
        eventSource: ['ecr.amazonaws.com'],
        eventName: ['CreateRepository'],
        errorCode: [{ exists: false }],
        userIdentity: { sessionContext: { sessionIssuer: { arn: [handlerRole] } } },
      },
    });
    expect(rule.Targets).toHaveLength(1);
  });

  test('matches those by the templates\' role, too', () => {
    const stack = createStack({ env: ENV });
    const rule = ruleOf(new EcrAutoCreate(stack, 'EcrAutoCreate', { creationTemplates: true }), stack);
    expect(rule.EventPattern.detail.userIdentity.sessionContext.sessionIssuer.arn).toEqual([
      handlerRole, { 'Fn::GetAtt': [expect.stringMatching(/^EcrAutoCreateCreationTemplatesRole/), 'Arn'] },
    ]);
  });

  test('needs no target', () => {
    const stack = createStack();
    expect(new EcrAutoCreate(stack, 'EcrAutoCreate').onRepositoryCreated('Created').node.path).toBe('Platform/EcrAutoCreate/Created');
  });
});

test('metrics, alarms and widgets are of this construct', () => {
  const stack = createStack();
  const construct = new EcrAutoCreate(stack, 'EcrAutoCreate', { maxEventAge: Duration.minutes(10) });
  const metrics = [construct.metricCreated(), construct.metricRejected(), construct.metricFailed(), construct.metricTimeToCreate()];
  expect(metrics.map(({ namespace, metricName, statistic }) => [namespace, metricName, statistic])).toEqual([
    ['EcrAutoCreate', 'RepositoriesCreated', 'Sum'], ['EcrAutoCreate', 'PushesRejected', 'Sum'],
    ['EcrAutoCreate', 'CreateFailures', 'Sum'], ['EcrAutoCreate', 'TimeToCreate', 'p90'],
  ]);
  for (const { dimensions } of metrics) expect(dimensions).toEqual({ FunctionName: construct.handler.functionName });
  expect(construct.metricDeadLetters({ period: Duration.minutes(1) })).toMatchObject({
    metricName: 'ApproximateNumberOfMessagesVisible', period: Duration.minutes(1), dimensions: { QueueName: construct.deadLetterQueue.queueName },
  });

  const alarms = construct.addAlarms('Alarms');
  expect(Object.values(alarms).map(alarm => alarm.node.path.split('/')[2])).toEqual(['Alarms', 'Alarms', 'Alarms', 'Alarms']);
  construct.addDashboardWidgets(new cloudwatch.Dashboard(stack, 'Dashboard'));
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::CloudWatch::Alarm', 4);
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'AsyncEventAge', Threshold: 300_000 });
  expect(readable(only(template, 'AWS::CloudWatch::Dashboard').Properties.DashboardBody)).toContain('RepositoriesCreated');
});

describe('creationTemplates', () => {
  test('defines templates for the same policy, with an owner of their own', () => {
    const stack = createStack();
    const construct = new EcrAutoCreate(stack, 'EcrAutoCreate', {
      creationTemplates: true,
      allowedPrefixes: ['a/', 'b/'],
      repositoryDefaults: { imageScanOnPush: false, tags: { team: 'x' } },
      repositoryOverrides: [{ prefix: 'a/x/', settings: { tags: { team: 'y' } } }],
    });
    expect(construct.creationTemplates).toBeInstanceOf(EcrCreationTemplates);
    const templates = Object.values(Template.fromStack(stack).findResources('AWS::ECR::RepositoryCreationTemplate')).map(({ Properties }) => Properties);
    expect(templates.map(({ Prefix, AppliedFor }) => [Prefix, AppliedFor]).sort()).toEqual([
      ['a', ['CREATE_ON_PUSH']], ['a/x', ['CREATE_ON_PUSH']], ['b', ['CREATE_ON_PUSH']],
    ]);
    expect(templates.find(({ Prefix }) => Prefix === 'a/x').ResourceTags).toContainEqual({ Key: 'team', Value: 'y' });
    const owner = templates[0].ResourceTags.find(({ Key }: { Key: string }) => Key === 'cdk-ecr-auto-create:owner').Value;
    expect(owner).toMatch(/^Platform\/PlatformEcrAutoCreateCreationTemplates/);
  });

  test('are off by default', () => {
    const stack = createStack();
    expect(new EcrAutoCreate(stack, 'EcrAutoCreate').creationTemplates).toBeUndefined();
    Template.fromStack(stack).resourceCountIs('AWS::ECR::RepositoryCreationTemplate', 0);
  });

  test.each([
    ['deniedPrefixes', { deniedPrefixes: ['x/'] }], ['allowedPrincipals', { allowedPrincipals: ['*'] }],
  ])('fails with %s, which a template would not respect', (prop, props) => {
    expect(() => templateOf({ creationTemplates: true, ...props })).toThrow(
      `${prop} must be left out with creationTemplates, which would create all the same, got both; leave creationTemplates out to create by events only`);
  });

  test('warns that the creator is not known to a template', () => {
    const stack = createStack();
    const template = templateOf({ creationTemplates: true, creatorTagKey: 'by', repositoryDefaults: { imageScanOnPush: false } }, stack);
    expect(messages(template, stack, 'warning')).toEqual([expect.stringContaining('creatorTagKey has no effect on repositories that a creation template creates')]);
  });
});

describe('createTrail', () => {
  test('defines a trail of this Region\'s write management events', () => {
    const stack = createStack();
    const construct = new EcrAutoCreate(stack, 'EcrAutoCreate', { createTrail: true, removalPolicy: RemovalPolicy.DESTROY });
    const template = Template.fromStack(stack);
    expect(construct.trail?.trailArn).toBeDefined();
    template.hasResourceProperties('AWS::CloudTrail::Trail', {
      IsLogging: true,
      IsMultiRegionTrail: false,
      IncludeGlobalServiceEvents: false,
      EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: 'WriteOnly' }],
    });
    template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
  });

  test('is off by default', () => {
    const stack = createStack();
    expect(new EcrAutoCreate(stack, 'EcrAutoCreate').trail).toBeUndefined();
    Template.fromStack(stack).resourceCountIs('AWS::CloudTrail::Trail', 0);
  });
});

test('encryptionKey encrypts queue, log group, trail and environment', () => {
  const stack = createStack();
  const encryptionKey = new kms.Key(stack, 'Key');
  const template = templateOf({ encryptionKey, createTrail: true }, stack);
  const arn = stack.resolve(encryptionKey.keyArn);
  template.hasResourceProperties('AWS::SQS::Queue', { KmsMasterKeyId: arn, SqsManagedSseEnabled: Match.absent() });
  template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: arn });
  template.hasResourceProperties('AWS::Lambda::Function', { KmsKeyArn: arn });
  template.hasResourceProperties('AWS::CloudTrail::Trail', { KMSKeyId: arn });
});

test('vpc puts the function there', () => {
  const stack = createStack();
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const securityGroup = new ec2.SecurityGroup(stack, 'Group', { vpc });
  templateOf({ vpc, vpcSubnets: { subnets: [vpc.privateSubnets[0]] }, securityGroups: [securityGroup] }, stack)
    .hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: {
        SubnetIds: [stack.resolve(vpc.privateSubnets[0].subnetId)], SecurityGroupIds: [stack.resolve(securityGroup.securityGroupId)],
      },
    });
});

test.each(['vpcSubnets', 'securityGroups'] as const)('fails when given %s without a vpc', prop => {
  expect(() => templateOf({ [prop]: prop === 'vpcSubnets' ? {} : [] })).toThrow(`${prop} must be left out without a vpc, got ${prop} alone`);
});

test('warns when the function is switched off', () => {
  const stack = createStack();
  expect(messages(templateOf({ reservedConcurrentExecutions: 0 }, stack), stack, 'warning')).toEqual([
    expect.stringContaining('reservedConcurrentExecutions is 0: the function never runs'),
  ]);
});
