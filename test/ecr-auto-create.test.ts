import { App, CfnParameter, Duration, NestedStack, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { EcrAutoCreate } from '../src';
import { createStack, handlerConfiguration, only, readable, templateOf } from './fixtures';

describe('with no props', () => {
  const stack = createStack();
  const construct = new EcrAutoCreate(stack, 'EcrAutoCreate');
  const template = Template.fromStack(stack);

  test('runs the bundled handler on Node.js 24 and ARM', () => {
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: 30,
      LoggingConfig: { LogGroup: stack.resolve(construct.logGroup.logGroupName) },
      Role: stack.resolve((construct.handler.role as iam.IRole).roleArn),
      TracingConfig: Match.absent(),
      ReservedConcurrentExecutions: Match.absent(),
      VpcConfig: Match.absent(),
    });
  });

  test('tells the handler to create every name with the reserved tags', () => {
    const owner = 'Platform/PlatformEcrAutoCreate4E50C63D';
    expect(handlerConfiguration(stack)).toEqual({
      repositoryArnPrefix: 'arn:<AWS::Partition>:ecr:<AWS::Region>:<AWS::AccountId>:repository/',
      owner,
      settings: {
        repository: {
          imageScanningConfiguration: { scanOnPush: true },
          tags: [{ Key: 'created-by', Value: 'cdk-ecr-auto-create' }, { Key: 'cdk-ecr-auto-create:owner', Value: owner }],
        },
      },
    });
  });

  test('retries twice and for an hour, then keeps the event in the queue', () => {
    const queue = stack.resolve(construct.deadLetterQueue.queueArn);
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: stack.resolve(construct.handler.functionName),
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 3_600,
      DestinationConfig: { OnFailure: { Destination: queue } },
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      State: 'ENABLED',
      EventBusName: Match.absent(),
      Targets: [{
        Arn: stack.resolve(construct.handler.functionArn),
        DeadLetterConfig: { Arn: queue },
        Id: 'Target0',
        RetryPolicy: { MaximumEventAgeInSeconds: 3_600 },
      }],
    });
  });

  test('lets only the rule invoke the function', () => {
    expect(only(template, 'AWS::Lambda::Permission').Properties).toEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: stack.resolve(construct.handler.functionArn),
      Principal: 'events.amazonaws.com',
      SourceArn: stack.resolve(construct.rule.ruleArn),
    });
  });

  test('keeps the log for a year, and after the stack', () => {
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: { RetentionInDays: 365 }, DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain',
    });
  });

  test('is a grantable: its role', () => {
    expect(construct.grantPrincipal).toBe(construct.handler.role);
  });

  test('passes a strict synth', () => {
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
    Annotations.fromStack(stack).hasNoError('*', Match.anyValue());
    Annotations.fromStack(stack).hasNoInfo('*', Match.anyValue());
  });
});

test('the first example of the README passes a strict synth', () => {
  const stack = createStack();
  new EcrAutoCreate(stack, 'EcrAutoCreate', {
    allowedPrefixes: ['backend/', 'frontend/'],
    repositoryDefaults: {
      imageTagMutability: ecr.TagMutability.IMMUTABLE,
      lifecycleRules: [{ tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 20 }],
      tags: { team: 'platform' },
    },
    creationTemplates: true,
  });
  Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  Annotations.fromStack(stack).hasNoError('*', Match.anyValue());
});

test('passes the function\'s props on', () => {
  const stack = createStack();
  const template = templateOf({
    memorySize: 1_024,
    timeout: Duration.minutes(1),
    architecture: lambda.Architecture.X86_64,
    runtime: lambda.Runtime.NODEJS_22_X,
    reservedConcurrentExecutions: 5,
    tracing: lambda.Tracing.ACTIVE,
    retryAttempts: 0,
    maxEventAge: Duration.minutes(10),
  }, stack);
  template.hasResourceProperties('AWS::Lambda::Function', {
    MemorySize: 1_024, Timeout: 60, Architectures: ['x86_64'], Runtime: 'nodejs22.x', ReservedConcurrentExecutions: 5, TracingConfig: { Mode: 'Active' },
  });
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 600 });
  template.hasResourceProperties('AWS::Events::Rule', { Targets: [Match.objectLike({ RetryPolicy: { MaximumEventAgeInSeconds: 600 } })] });
  template.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 360 });
});

test('sets retention and removal of its log group', () => {
  templateOf({ logRetention: logs.RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY }).hasResource('AWS::Logs::LogGroup', {
    Properties: { RetentionInDays: 7 }, DeletionPolicy: 'Delete',
  });
});

test('uses a given log group', () => {
  const stack = createStack();
  const logGroup = logs.LogGroup.fromLogGroupName(stack, 'Shared', '/shared/ecr');
  const construct = new EcrAutoCreate(stack, 'EcrAutoCreate', { logGroup });
  const template = Template.fromStack(stack);
  expect(construct.logGroup).toBe(logGroup);
  template.resourceCountIs('AWS::Logs::LogGroup', 0);
  template.hasResourceProperties('AWS::Lambda::Function', { LoggingConfig: { LogGroup: '/shared/ecr' } });
});

test('uses a given role, and adds its permissions to it', () => {
  const stack = createStack();
  const role = new iam.Role(stack, 'Given', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  const construct = new EcrAutoCreate(stack, 'EcrAutoCreate', { role });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::IAM::Role', 1);
  template.hasResourceProperties('AWS::IAM::Role', { ManagedPolicyArns: [{ Ref: Match.stringLikeRegexp('EcrAutoCreatePolicy1') }] });
  expect(construct.grantPrincipal).toBe(role);
});

test('attaches its permissions to an imported role, and leaves one that must not change', () => {
  const stack = createStack();
  const arn = 'arn:aws:iam::123456789012:role/handler';
  templateOf({ role: iam.Role.fromRoleArn(stack, 'Imported', arn) }, stack).hasResourceProperties('AWS::IAM::ManagedPolicy', { Roles: ['handler'] });

  const other = createStack();
  const template = templateOf({ role: iam.Role.fromRoleArn(other, 'Imported', arn, { mutable: false }) }, other);
  template.hasResourceProperties('AWS::IAM::ManagedPolicy', { Roles: Match.absent() });
});

test('passes tokens on', () => {
  const stack = createStack();
  const number = (name: string) => new CfnParameter(stack, name, { type: 'Number' }).valueAsNumber;
  const template = templateOf({
    retryAttempts: number('Retries'),
    maxEventAge: Duration.seconds(number('Age')),
    memorySize: number('Memory'),
    timeout: Duration.seconds(number('Timeout')),
    reservedConcurrentExecutions: number('Concurrency'),
  }, stack);
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: { Ref: 'Retries' }, MaximumEventAgeInSeconds: { Ref: 'Age' } });
  template.hasResourceProperties('AWS::Lambda::Function', {
    MemorySize: { Ref: 'Memory' }, Timeout: { Ref: 'Timeout' }, ReservedConcurrentExecutions: { Ref: 'Concurrency' },
  });
  // Six times the longest timeout there is, as the real one is not known.
  template.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 5_400 });
});

test('two copies in one stack have nothing in common but the bundle', () => {
  const stack = createStack();
  const [one, two] = ['One', 'Two'].map(id => new EcrAutoCreate(stack, id, { allowedPrefixes: [`${id.toLowerCase()}/`] }));
  const template = Template.fromStack(stack);
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  const owners = functions.map(({ Properties }) => JSON.parse(readable(Properties.Environment.Variables.ECR_AUTO_CREATE_CONFIGURATION)).owner);
  expect(new Set(owners).size).toBe(2);
  expect(functions[0].Properties.Code).toEqual(functions[1].Properties.Code);
  expect(stack.resolve(one.deadLetterQueue.queueArn)).not.toEqual(stack.resolve(two.deadLetterQueue.queueArn));
});

test('the same app deployed twice has owners of its own', () => {
  const app = new App();
  const stacks = ['blue', 'green'].map(stackName => {
    const stack = new Stack(app, `Stack-${stackName}`, { stackName });
    new EcrAutoCreate(stack, 'EcrAutoCreate');
    return stack;
  });
  const owners = stacks.map(stack => handlerConfiguration(stack).owner);
  expect(owners[0]).toMatch(/^blue\//);
  expect(owners[1]).toMatch(/^green\//);
});

test('an owner stays within a tag\'s 256 characters', () => {
  const stack = createStack({ stackName: 's'.repeat(128) });
  new EcrAutoCreate(stack, 'x'.repeat(250));
  expect(handlerConfiguration(stack).owner).toMatch(/^[\w/]{100,256}$/);
});

test('fits into a nested stack', () => {
  const stack = createStack();
  const nested = new NestedStack(stack, 'Nested');
  new EcrAutoCreate(nested, 'EcrAutoCreate');
  Template.fromStack(nested).hasResourceProperties('AWS::Events::Rule', { State: 'ENABLED' });
});

test('keeps its logical ids', () => {
  const stack = createStack();
  new s3.Bucket(stack, 'Unrelated');
  const template = templateOf({
    allowedPrefixes: ['backend/'],
    repositoryDefaults: { imageTagMutability: ecr.TagMutability.IMMUTABLE, lifecycleRules: [{ maxImageCount: 20 }] },
  }, stack);
  const ids = Object.entries(template.toJSON().Resources as Record<string, { Type: string }>).map(([id, { Type }]) => `${Type} ${id}`).sort();
  expect(ids).toMatchSnapshot();
});
