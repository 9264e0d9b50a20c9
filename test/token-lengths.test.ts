import { CfnParameter } from 'aws-cdk-lib';
import { createStack } from './fixtures';
import { atLongest } from '../src/token-lengths';

test('counts tokens at the longest value they can have', () => {
  const stack = createStack();
  const parameter = new CfnParameter(stack, 'Prefix').valueAsString;
  expect(atLongest(stack, 'plain')).toBe('plain');
  expect(atLongest(stack, `a${stack.account}b`)).toBe(`a${'x'.repeat(12)}b`);
  expect(atLongest(stack, stack.region)).toHaveLength(16);
  expect(atLongest(stack, stack.partition)).toHaveLength(16);
  expect(atLongest(stack, `${parameter}/`)).toHaveLength(257);
});
