import { Aws, CfnParameter, Fn } from 'aws-cdk-lib';
import { createStack } from './fixtures';
import { DeployTimeValues, inJson, usualBytes } from '../src/deploy-time-values';
import { deploy } from './local-aws/cloudformation';
import { ENVIRONMENT, stackOf } from './local-aws/deployment-fixture';
import { placeholder } from '../src/handler/configuration';

test('takes intrinsic functions out, each value once', () => {
  const values = new DeployTimeValues();
  expect(values.takeFrom({
    plain: 'text', number: 7, nothing: null, list: [{ Ref: 'A' }, { 'Fn::GetAtt': ['B', 'Arn'] }, { Ref: 'A' }], ordinary: { Reference: 'x' },
  })).toEqual({
    plain: 'text', number: 7, nothing: null, list: [placeholder(0), placeholder(1), placeholder(0)], ordinary: { Reference: 'x' },
  });
  expect(values.values).toEqual([{ Ref: 'A' }, { 'Fn::GetAtt': ['B', 'Arn'] }]);
});

test('keeps the literal parts of a joined text', () => {
  const values = new DeployTimeValues();
  expect(values.takeFrom({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':root']] }))
    .toBe(`arn:${placeholder(0)}:iam::${placeholder(1)}:root`);
  expect(values.values).toEqual([{ Ref: 'AWS::Partition' }, { Ref: 'AWS::AccountId' }]);
});

test('takes out a join that it cannot read', () => {
  const values = new DeployTimeValues();
  const join = { 'Fn::Join': ['-', ['a', { Ref: 'X' }]] };
  expect(values.takeFrom(join)).toBe(placeholder(0));
  expect(values.values).toEqual([join]);
});

test('takes dynamic references out of texts: CloudFormation does not find them in files', () => {
  const values = new DeployTimeValues();
  expect(values.takeFrom(['a {{resolve:ssm:x:1}}{{resolve:ssm:y}} b', { key: '{{resolve:ssm:x:1}}' }, { Ref: 'X' }, '{{other}}']))
    .toEqual([`a ${placeholder(0)}${placeholder(1)} b`, { key: placeholder(0) }, placeholder(2), '{{other}}']);
  expect(values.values).toEqual(['{{resolve:ssm:x:1}}', '{{resolve:ssm:y}}', { Ref: 'X' }]);
});

describe('in JSON', () => {
  const stack = createStack();
  const parameter = stack.resolve(new CfnParameter(stack, 'Parameter').valueAsString);

  test.each([
    'plain', '', 'say "no"', 'C:\\temp\\', '\\"', '"\\', '\n\t\r\n', '{\n\t"key": "C:\\\\ \\"x\\""\n}', 'grüße \u2028', '\\n',
  ])('the value %j is what it was', value => {
    const resolved = stack.resolve(`{"key":"${inJson(parameter)}"}`);
    const { outputs } = deploy([stackOf({ Parameters: { Parameter: { Type: 'String' } }, Outputs: { Json: { Value: resolved } } })], ENVIRONMENT, { Parameter: value });
    expect(JSON.parse(String(outputs.Stack.Json))).toEqual({ key: value });
  });

  test.each<[string, unknown]>([
    ['account ids', stack.resolve(Aws.ACCOUNT_ID)], ['ARNs', { 'Fn::GetAtt': ['Key', 'Arn'] }], ['dynamic references', '{{resolve:ssm:x}}'],
  ])('%s need no escapes', (_, value) => {
    expect(stack.resolve(inJson(value))).toEqual(value);
  });

  test.each<[string, unknown]>([
    ['attributes', { 'Fn::GetAtt': ['Custom', 'Text'] }], ['names', { Ref: 'Custom' }], ['imports', stack.resolve(Fn.importValue('x'))],
  ])('%s may need them', (_, value) => {
    expect(JSON.stringify(stack.resolve(inJson(value)))).toContain('Fn::Split');
  });
});

test.each([[{ Ref: 'AWS::Region' }, 16], [{ Ref: 'AWS::StackName' }, 128], [{ 'Fn::GetAtt': ['Key', 'Arn'] }, 128], ['{{resolve:ssm:x}}', 128]])(
  '%j is reckoned with %i bytes', (value, bytes) => {
    expect(usualBytes(value)).toBe(bytes);
  });
