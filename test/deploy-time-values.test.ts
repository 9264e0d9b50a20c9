import { DeployTimeValues } from '../src/deploy-time-values';
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
