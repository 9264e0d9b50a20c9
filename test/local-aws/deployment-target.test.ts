import { stackOf } from './deployment-fixture';
import { environmentOf, selectStacks } from './deployment-target';

const stacks = [
  stackOf({}, { name: 'A' }),
  stackOf({}, { name: 'B', dependencies: ['A'] }),
  stackOf({}, { name: 'C', dependencies: ['B', 'A'] }),
  stackOf({}, { name: 'D' }),
];
const selected = (name?: string) => selectStacks(stacks, name).map(stack => stack.name);

test('all stacks are deployed, or one with those that it depends on', () => {
  expect(selected()).toEqual(['A', 'B', 'C', 'D']);
  expect(selected('C')).toEqual(['A', 'B', 'C']);
  expect(selected('D')).toEqual(['D']);
});

test('fails when there is no stack of that name', () => {
  expect(() => selected('E')).toThrow('the cloud assembly has no stack E, only: A, B, C, D');
});

test.each([
  [{}, {}, { account: '123456789012', region: 'eu-central-1', partition: 'aws' }],
  [{}, { account: '111122223333', region: 'cn-north-1' }, { account: '111122223333', region: 'cn-north-1', partition: 'aws-cn' }],
  [{ region: 'us-gov-west-1' }, { account: '111122223333' }, { account: '111122223333', region: 'us-gov-west-1', partition: 'aws-us-gov' }],
  [{ account: '1', partition: 'aws-iso', region: 'us-iso-east-1' }, {}, { account: '1', partition: 'aws-iso', region: 'us-iso-east-1' }],
])('asked for %j and synthesized for %j', (wanted, synthesized, expected) => {
  expect(environmentOf([stacks[0], stackOf({}, synthesized)], wanted)).toEqual(expected);
});
