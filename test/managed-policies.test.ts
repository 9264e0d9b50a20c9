import { createStack } from './fixtures';
import { ManagedPolicyPacker } from '../src/managed-policies';

const stack = createStack();
const packer = new ManagedPolicyPacker(stack);
const create = { actions: ['ecr:CreateRepository'], conditions: { StringEquals: { 'aws:RequestTag/x': 'y' } } };
const names = (count: number) => Array.from({ length: count }, (_, index) => `arn:${stack.partition}:ecr:${stack.region}:${stack.account}:repository/team-${index}/*`);

test('keeps what fits in one policy', () => {
  const statements = [{ ...create, resources: names(3) }, { actions: ['ecr:ListTagsForResource'], resources: names(2) }];
  expect(packer.pack(statements)).toEqual([statements]);
});

test('splits one statement over several policies without losing a resource', () => {
  const resources = names(300);
  const packed = packer.pack([{ ...create, resources }]);
  expect(packed.length).toBeGreaterThan(3);
  expect(packed.flatMap(policy => policy.flatMap(statement => statement.resources))).toEqual(resources);
  for (const policy of packed) {
    expect(policy).toMatchObject([{ actions: create.actions, conditions: create.conditions }]);
  }
});

test('gives no empty policy', () => {
  expect(packer.pack([])).toEqual([]);
  expect(packer.pack([{ ...create, resources: [] }])).toEqual([]);
});
