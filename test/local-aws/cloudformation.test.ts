import type { Template, TemplateResource } from './cloud-assembly';
import { deploy } from './cloudformation';
import { deployResources, ENVIRONMENT, stackOf } from './deployment-fixture';

/** Resolves an expression as the property of a resource in a stack with a bit of everything. */
function resolve(expression: unknown, template: Template = {}, parameters: Record<string, string> = {}): unknown {
  const deployment = deploy([stackOf({
    ...template,
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'named', Path: '/ci/' } },
      Queue: { Type: 'AWS::SQS::Queue' },
      Subject: { Type: 'Custom::Subject', Properties: { Value: expression } },
      ...template.Resources,
    },
  })], ENVIRONMENT, parameters);
  return deployment.resources('Custom::Subject')[0].properties.Value;
}

describe('intrinsic functions', () => {
  test.each([
    [{ Ref: 'AWS::AccountId' }, '123456789012'],
    [{ Ref: 'AWS::Region' }, 'eu-central-1'],
    [{ Ref: 'AWS::Partition' }, 'aws'],
    [{ Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    [{ Ref: 'AWS::StackName' }, 'Stack'],
    [{ Ref: 'AWS::StackId' }, expect.stringMatching(/^arn:aws:cloudformation:eu-central-1:123456789012:stack\/Stack\/[0-9a-f-]{36}$/)],
    [{ Ref: 'Role' }, 'named'],
    [{ 'Fn::GetAtt': ['Role', 'Arn'] }, 'arn:aws:iam::123456789012:role/ci/named'],
    [{ 'Fn::GetAtt': 'Role.Arn' }, 'arn:aws:iam::123456789012:role/ci/named'],
    [{ 'Fn::Join': [':', ['a', { Ref: 'Role' }, 1]] }, 'a:named:1'],
    [{ 'Fn::Join': [',', { 'Fn::Split': ['/', 'a/b'] }] }, 'a,b'],
    [{ 'Fn::Join': ['', ['a', { Ref: 'AWS::NoValue' }, 'b']] }, 'ab'],
    [{ 'Fn::Sub': '${AWS::Region}/${Role}/${Role.Arn}/${!Literal}' }, 'eu-central-1/named/arn:aws:iam::123456789012:role/ci/named/${Literal}'],
    [{ 'Fn::Sub': ['${A}-${AWS::Partition}', { A: { Ref: 'Role' } }] }, 'named-aws'],
    [{ 'Fn::Select': ['1', ['a', { Ref: 'Role' }]] }, 'named'],
    [{ 'Fn::Select': [0, { 'Fn::Split': ['|', { 'Fn::Join': ['|', ['x', 'y']] }] }] }, 'x'],
    [{ 'Fn::Base64': 'text' }, 'dGV4dA=='],
    [{ 'Fn::GetAZs': '' }, []],
    [{ list: ['a', { Ref: 'AWS::NoValue' }], gone: { Ref: 'AWS::NoValue' }, flag: true, nothing: null }, { list: ['a'], flag: true, nothing: null }],
    [{ Ref: 'Role', and: 'another key' }, { Ref: 'Role', and: 'another key' }],
    [{ Condition: { StringEquals: { a: 'b' } } }, { Condition: { StringEquals: { a: 'b' } } }],
  ])('%j', (expression, expected) => {
    expect(resolve(expression)).toEqual(expected);
  });

  test('FindInMap', () => {
    const template = { Mappings: { Sizes: { 'eu-central-1': { small: '1' } } } };
    expect(resolve({ 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'small'] }, template)).toBe('1');
    expect(() => resolve({ 'Fn::FindInMap': ['Sizes', 'eu-west-1', 'small'] }, template)).toThrow('Subject: the template has no mapping Sizes.eu-west-1.small');
  });

  test.each([
    ['an unknown function', { 'Fn::Cidr': ['10.0.0.0/8'] }, 'the intrinsic function Fn::Cidr is not known'],
    ['a function beside other keys', { 'Fn::Join': ['', []], 'x': 1 }, 'Fn::Join must be the only key of its object, got Fn::Join, x'],
    ['an unknown reference', { Ref: 'Nobody' }, 'the template refers to Nobody, which is no resource of it'],
    ['an unknown pseudo parameter', { Ref: 'AWS::Moon' }, 'the pseudo parameter AWS::Moon is not known'],
    ['an unknown attribute', { 'Fn::GetAtt': ['Queue', 'Colour'] }, 'Queue: the local AWS knows no attribute Colour of AWS::SQS::Queue'],
    ['an attribute of an unknown type', { 'Fn::GetAtt': ['Subject', 'Arn'] }, 'Subject: the local AWS knows no attribute Arn of Custom::Subject'],
    ['an index out of range', { 'Fn::Select': [2, ['a', 'b']] }, 'Fn::Select has no element 2 in ["a","b"]'],
    ['a list where a string is needed', { 'Fn::Sub': '${List}' }, 'Fn::Sub needs a string, got ["a","b"]'],
    ['a string where a list is needed', { 'Fn::Join': ['', 'a'] }, 'Fn::Join needs a list, got "a"'],
    ['nothing where a string is needed', { 'Fn::Base64': { Ref: 'AWS::NoValue' } }, 'Fn::Base64 needs a string, got AWS::NoValue'],
    ['variables of Sub that are no map', { 'Fn::Sub': ['${A}', 'B'] }, 'the variables of Fn::Sub must be a map, got "B"'],
    ['an import that nobody exports', { 'Fn::ImportValue': 'nothing' }, 'Subject: no stack exports nothing'],
    ['an unknown condition', { 'Fn::If': ['Maybe', 1, 2] }, 'the template has no condition Maybe'],
  ])('fails when there is %s', (_, expression, message) => {
    expect(() => resolve(expression, { Parameters: { List: { Type: 'CommaDelimitedList', Default: 'a,b' } } })).toThrow(message);
  });
});

describe('parameters', () => {
  const template = {
    Parameters: {
      Name: { Type: 'String', Default: 'default' },
      Count: { Type: 'Number', Default: 3 },
      List: { Type: 'List<String>' },
      Version: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/path' },
    },
  };

  test('have their default or the value given', () => {
    expect(resolve({ Ref: 'Name' }, template)).toBe('default');
    expect(resolve({ Ref: 'Count' }, template)).toBe('3');
    expect(resolve({ Ref: 'Name' }, template, { Name: 'given' })).toBe('given');
    expect(resolve({ Ref: 'List' }, template, { List: 'a, b' })).toEqual(['a', 'b']);
    expect(resolve({ Ref: 'Version' }, template, { Version: '21' })).toBe('21');
  });

  test.each(['List', 'Version'])('fails when %s is used and has no value', name => {
    expect(() => resolve({ Ref: name }, template)).toThrow(`Stack: the parameter ${name} has no value`);
  });
});

describe('conditions', () => {
  const Conditions = {
    Here: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-central-1'] },
    There: { 'Fn::Not': [{ Condition: 'Here' }] },
    Both: { 'Fn::And': [{ Condition: 'Here' }, { Condition: 'There' }] },
    Either: { 'Fn::Or': [{ Condition: 'Here' }, { Condition: 'There' }] },
    Loop: { Condition: 'Loop' },
    Odd: { 'Fn::Xor': [] },
    Wrong: 'yes',
  };

  test.each([['Here', true], ['There', false], ['Both', false], ['Either', true]])('%s is %s', (name, expected) => {
    expect(resolve({ 'Fn::If': [name, true, false] }, { Conditions })).toBe(expected);
  });

  test('leave out resources, outputs and values', () => {
    const Queue: TemplateResource = { Type: 'AWS::SQS::Queue' };
    const deployment = deploy([stackOf({
      Conditions,
      Resources: {
        Kept: { ...Queue, Condition: 'Here', Properties: { A: { 'Fn::If': ['There', 1, { Ref: 'AWS::NoValue' }] } } },
        Left: { ...Queue, Condition: 'There' },
      },
      Outputs: { Out: { Condition: 'There', Value: { Ref: 'Left' } }, In: { Condition: 'Here', Value: '1' } },
    })], ENVIRONMENT);
    expect(deployment.resources('AWS::SQS::Queue').map(({ logicalId, properties }) => [logicalId, properties])).toEqual([['Kept', {}]]);
    expect(deployment.outputs).toEqual({ Stack: { In: '1' } });
  });

  test.each([
    ['Loop', 'Stack: circular dependency'],
    ['Odd', 'the condition function Fn::Xor is not known'],
    ['Wrong', 'a condition must be one condition function, got "yes"'],
  ])('fails when a condition is like %s', (name, message) => {
    expect(() => resolve({ 'Fn::If': [name, 1, 2] }, { Conditions })).toThrow(message);
  });

  test('fails when something refers to a resource that is left out', () => {
    const Resources = { Left: { Type: 'AWS::SQS::Queue', Condition: 'There' } };
    expect(() => resolve({ Ref: 'Left' }, { Conditions, Resources })).toThrow('the template refers to Left, which is no resource of it');
  });
});

describe('physical ids', () => {
  const suffix = '[0-9A-Z]{12}';

  test.each([
    ['AWS::IAM::Role', {}, `Stack-R-${suffix}`, 'Arn', `arn:aws:iam::123456789012:role/Stack-R-${suffix}`],
    ['AWS::IAM::User', { UserName: 'jo', Path: '/dev/' }, 'jo', 'Arn', 'arn:aws:iam::123456789012:user/dev/jo'],
    ['AWS::IAM::ManagedPolicy', { ManagedPolicyName: 'p' }, 'arn:aws:iam::123456789012:policy/p', 'PolicyArn', 'arn:aws:iam::123456789012:policy/p'],
    ['AWS::IAM::Policy', {}, `Stack-R-${suffix}`, 'Id', `Stack-R-${suffix}`],
    ['AWS::Lambda::Function', {}, `Stack-R-${suffix}`, 'Arn', `arn:aws:lambda:eu-central-1:123456789012:function:Stack-R-${suffix}`],
    ['AWS::Lambda::LayerVersion', {}, 'arn:aws:lambda:eu-central-1:123456789012:layer:R:1', 'LayerVersionArn', 'arn:aws:lambda:eu-central-1:123456789012:layer:R:1'],
    ['AWS::Lambda::LayerVersion', { LayerName: 'l' }, 'arn:aws:lambda:.*:layer:l:1', 'LayerVersionArn', '.*:layer:l:1'],
    ['AWS::Lambda::Permission', {}, `Stack-R-${suffix}`, 'Id', `Stack-R-${suffix}`],
    ['AWS::Lambda::EventSourceMapping', {}, '[0-9a-f-]{36}', 'Id', '[0-9a-f-]{36}'],
    ['AWS::SQS::Queue', {}, `https://sqs.eu-central-1.amazonaws.com/123456789012/Stack-R-${suffix}`, 'QueueName', `Stack-R-${suffix}`],
    ['AWS::SQS::Queue', { QueueName: 'q' }, '.*/q', 'Arn', 'arn:aws:sqs:eu-central-1:123456789012:q'],
    ['AWS::SQS::Queue', { FifoQueue: true }, `https://.*/Stack-R-${suffix}.fifo`, 'QueueName', `Stack-R-${suffix}.fifo`],
    ['AWS::SQS::QueuePolicy', {}, `Stack-R-${suffix}`, 'Id', `Stack-R-${suffix}`],
    ['AWS::Events::Rule', {}, `Stack-R-${suffix}`, 'Arn', `arn:aws:events:eu-central-1:123456789012:rule/Stack-R-${suffix}`],
    ['AWS::Events::Rule', { Name: 'r', EventBusName: 'mine' }, 'mine\\|r', 'Arn', 'arn:aws:events:eu-central-1:123456789012:rule/mine/r'],
    ['AWS::Logs::LogGroup', { LogGroupName: '/a' }, '/a', 'Arn', 'arn:aws:logs:eu-central-1:123456789012:log-group:/a:\\*'],
    ['AWS::KMS::Key', {}, '[0-9a-f-]{36}', 'Arn', 'arn:aws:kms:eu-central-1:123456789012:key/[0-9a-f-]{36}'],
    ['AWS::ECR::Repository', { RepositoryName: 'a/b' }, 'a/b', 'RepositoryUri', '123456789012.dkr.ecr.eu-central-1.amazonaws.com/a/b'],
    ['AWS::ECR::RepositoryCreationTemplate', { Prefix: 'prod' }, 'prod', 'CreatedAt', '\\d{4}-.*Z'],
    ['AWS::SNS::Topic', {}, `arn:aws:sns:eu-central-1:123456789012:Stack-R-${suffix}`, 'TopicName', `Stack-R-${suffix}`],
    ['AWS::S3::Bucket', {}, 'stack-r-[0-9a-z]{12}', 'RegionalDomainName', 'stack-r-[0-9a-z]{12}.s3.eu-central-1.amazonaws.com'],
    ['AWS::CloudTrail::Trail', { TrailName: 't' }, 't', 'Arn', 'arn:aws:cloudtrail:eu-central-1:123456789012:trail/t'],
    ['AWS::CloudWatch::Alarm', {}, `Stack-R-${suffix}`, 'Arn', `arn:aws:cloudwatch:eu-central-1:123456789012:alarm:Stack-R-${suffix}`],
    ['AWS::EC2::SecurityGroup', {}, 'sg-[0-9a-z]{17}', 'GroupId', 'sg-[0-9a-z]{17}'],
  ])('of %s with %j', (Type, Properties, physicalId, attribute, value) => {
    const deployment = deploy([stackOf({
      Resources: { R: { Type, Properties } },
      Outputs: { Ref: { Value: { Ref: 'R' } }, Attribute: { Value: { 'Fn::GetAtt': ['R', attribute] } } },
    })], ENVIRONMENT);
    expect(deployment.resources(Type)[0].physicalId).toMatch(new RegExp(`^${physicalId}$`));
    expect(deployment.outputs.Stack.Ref).toBe(deployment.resources(Type)[0].physicalId);
    expect(deployment.outputs.Stack.Attribute).toMatch(new RegExp(`^${value}$`));
  });

  test('of other types', () => {
    const deployment = deployResources({
      Config: { Type: 'AWS::Lambda::EventInvokeConfig', Properties: { FunctionName: 'f', Qualifier: '$LATEST' } },
      Alias: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/a' } },
      Other: { Type: 'Custom::Thing' },
    });
    expect(deployment.all.map(({ physicalId }) => physicalId)).toEqual(['f|$LATEST', 'alias/a', expect.stringMatching(/^Stack-Other-/)]);
  });

  test('keep to the length that a name may have, and are the same each time', () => {
    const resources = { [`Role${'x'.repeat(100)}`]: { Type: 'AWS::IAM::Role' } };
    const [{ physicalId }] = deployResources(resources).resources('AWS::IAM::Role');
    expect(physicalId.length).toBeLessThanOrEqual(64);
    expect(deployResources(resources).resources('AWS::IAM::Role')[0].physicalId).toBe(physicalId);
  });

  test('follow the partition', () => {
    const deployment = deploy([stackOf({ Resources: { Queue: { Type: 'AWS::SQS::Queue' } } })], { partition: 'aws-cn', region: 'cn-north-1', account: '1' });
    expect(deployment.resources('AWS::SQS::Queue')[0]).toMatchObject({
      physicalId: expect.stringContaining('https://sqs.cn-north-1.amazonaws.com.cn/1/'), arn: expect.stringContaining('arn:aws-cn:sqs:cn-north-1:1:'),
    });
  });

  test('find a resource', () => {
    const deployment = deployResources({ Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 't' } } });
    expect(deployment.findByArn('arn:aws:sns:eu-central-1:123456789012:t')?.logicalId).toBe('Topic');
    expect(deployment.findByArn('arn:aws:sns:eu-central-1:123456789012:u')).toBeUndefined();
  });
});

describe('an update', () => {
  test('gives a resource other properties, and its ids stay', () => {
    const queue = { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 1 } };
    const deployment = deploy([stackOf({ Resources: { A: queue, B: queue } }), stackOf({ Resources: { A: queue } }, { name: 'Other' })], ENVIRONMENT);
    const [changed] = deployment.all;
    deployment.update(changed, { DelaySeconds: 2 });
    expect(deployment.all.map(({ properties }) => properties.DelaySeconds)).toEqual([2, 1, 1]);
    expect(deployment.findByArn(changed.arn!)).toEqual({ ...changed, properties: { DelaySeconds: 2 } });
  });

  test('fails where there is no such resource', () => {
    expect(() => deployResources({}).update({ logicalId: 'A', stackName: 'Stack' }, {})).toThrow('no resource A of stack Stack is deployed');
  });
});

describe('several stacks', () => {
  const exporter = stackOf({
    Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } } },
    Outputs: { Plain: { Value: 'x' }, Queue: { Value: { 'Fn::GetAtt': ['Queue', 'QueueName'] }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:Queue' } } } },
  }, { name: 'First' });

  test('share exports', () => {
    const importer = stackOf({ Resources: { A: { Type: 'Custom::A', Properties: { Value: { 'Fn::ImportValue': 'First:Queue' } } } } }, { name: 'Second' });
    const deployment = deploy([importer, exporter], ENVIRONMENT);
    expect(deployment.resources('Custom::A')[0]).toMatchObject({ stackName: 'Second', properties: { Value: 'q' } });
  });

  test('have their own assets', () => {
    const deployment = deploy([stackOf({}, { findAsset: key => `/assets/${key}` })], ENVIRONMENT);
    expect(deployment.findAsset('Stack', 'key.zip')).toBe('/assets/key.zip');
    expect(() => deployment.findAsset('Other', 'key.zip')).toThrow('no stack Other is deployed');
  });
});

describe('fails when', () => {
  test('the stack is for another account or Region', () => {
    expect(() => deploy([stackOf({}, { account: '111122223333' })], ENVIRONMENT))
      .toThrow('Stack: the stack was synthesized for the account 111122223333, and is deployed to 123456789012');
    expect(() => deploy([stackOf({}, { region: 'eu-west-1' })], ENVIRONMENT)).toThrow('synthesized for the region eu-west-1');
  });

  test('resources depend on each other in a circle', () => {
    expect(() => deployResources({
      A: { Type: 'Custom::A', Properties: { B: { Ref: 'B' } } },
      B: { Type: 'Custom::B', DependsOn: 'C' },
      C: { Type: 'Custom::C', Properties: { A: { 'Fn::Sub': '${A}' } } },
    })).toThrow('A: circular dependency: A -> B -> C -> A');
  });

  test('names depend on each other in a circle', () => {
    expect(() => deployResources({
      A: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'B' } } },
      B: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'A' } } },
    })).toThrow('Stack: circular dependency of B, A');
  });

  test('a resource depends on nothing that exists', () => {
    expect(() => deployResources({ A: { Type: 'Custom::A', DependsOn: ['B'] } })).toThrow('Stack: A depends on B, which is no resource of the template');
  });

  test('the template has what the local AWS does not do', () => {
    expect(() => deployResources({ Nested: { Type: 'AWS::CloudFormation::Stack' } })).toThrow('Nested: the local AWS deploys no nested stacks');
    expect(() => deploy([stackOf({ Transform: 'AWS::LanguageExtensions' })], ENVIRONMENT)).toThrow('Stack: the local AWS does not transform templates');
  });
});
