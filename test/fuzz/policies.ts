import * as fc from 'fast-check';
import type { Policy } from './contract';
import { sometimes } from './json-text';
import type { CreationSettings, PolicyDocument } from '../../src/handler/configuration';

export const ACCOUNT = '123456789012';
export const OTHER_ACCOUNT = '210987654321';

/** Few different parts, so that prefixes and names often meet. */
export const part = fc.constantFrom('a', 'b', 'ab', 'team', 'x-y', 'n__1', 'pay.ments', '0');
const path = (maxLength: number) => fc.array(part, { minLength: 1, maxLength }).map(parts => parts.join('/'));
const prefix = fc.oneof(path(3).map(text => `${text}/`), path(3), path(2).map(text => `${text}-`));

const OWNER_TAG = 'cdk-ecr-auto-create:owner';
const policyText = (document: Record<string, unknown>) => fc.constantFrom<PolicyDocument>(document, JSON.stringify(document, undefined, 1));

const lifecyclePolicy = fc.integer({ min: 1, max: 3 }).chain(countNumber => policyText({
  rules: [{
    rulePriority: 1,
    description: 'as the platform team wants it',
    selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber },
    action: { type: 'expire' },
  }],
}));
const repositoryPolicy = fc.constantFrom('111111111111', '222222222222').chain(account => policyText({
  Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'ecr:BatchGetImage' }],
}));
const mutability: fc.Arbitrary<Partial<CreationSettings['repository']>> = fc.constantFrom<Partial<CreationSettings['repository']>>(
  {}, { imageTagMutability: 'MUTABLE' }, { imageTagMutability: 'IMMUTABLE' },
  { imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION', imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'dev-*' }] },
);
const encryption: fc.Arbitrary<Partial<CreationSettings['repository']>> = fc.constantFrom<Partial<CreationSettings['repository']>>(
  {}, { encryptionConfiguration: { encryptionType: 'AES256' } },
  { encryptionConfiguration: { encryptionType: 'KMS', kmsKey: 'arn:aws:kms:eu-central-1:123456789012:key/k' } },
);

/** What a construct makes of its props, the owner's tag left out. */
const settings: fc.Arbitrary<CreationSettings> = fc.record({
  mutability,
  encryption,
  scanOnPush: fc.boolean(),
  // The creator's tag is the 50th then.
  tags: fc.constantFrom(0, 0, 1, 2, 47),
  lifecyclePolicy: sometimes(60, lifecyclePolicy),
  repositoryPolicy: sometimes(60, repositoryPolicy),
}).map(({ scanOnPush, tags, ...given }) => ({
  repository: {
    ...given.mutability,
    ...given.encryption,
    imageScanningConfiguration: { scanOnPush },
    tags: Array.from({ length: tags }, (_, index) => ({ Key: `key-${index}`, Value: `ö ${index}` })),
  },
  ...(given.lifecyclePolicy !== undefined && { lifecyclePolicy: given.lifecyclePolicy }),
  ...(given.repositoryPolicy !== undefined && { repositoryPolicy: given.repositoryPolicy }),
}));

function ownedBy(owner: string, { repository, ...policies }: CreationSettings): CreationSettings {
  const tags = [{ Key: 'created-by', Value: 'cdk-ecr-auto-create' }, { Key: OWNER_TAG, Value: owner }, ...repository.tags ?? []];
  return { repository: { ...repository, tags }, ...policies };
}

/** Of role and user names that meet the principals of pushes. */
const pattern = fc.constantFrom(
  '*', 'arn:*', 'arn:aws:iam::123456789012:role/ci', 'arn:aws:iam::123456789012:role/ci*', '*:role/*', '*/ci', 'arn:*:iam::*:user/*',
  'arn:aws:iam::*:role/*/jo',
);

/** A policy as a construct accepts it, in any registry. */
export const policy: fc.Arbitrary<Policy> = fc.record({
  registry: fc.constantFrom('aws:ecr:eu-central-1', 'aws:ecr:eu-central-1', 'aws-cn:ecr:cn-north-1'),
  owner: fc.constantFrom('Platform/EcrAutoCreate', 'a'),
  allowedPrefixes: sometimes(75, fc.uniqueArray(prefix, { minLength: 1, maxLength: 4 })),
  deniedPrefixes: sometimes(30, fc.uniqueArray(prefix, { minLength: 1, maxLength: 2 })),
  allowedPrincipals: sometimes(40, fc.uniqueArray(pattern, { minLength: 1, maxLength: 2 })),
  creatorTagKey: sometimes(70, fc.constantFrom('created-for', 'Für wen: @', 'k'.repeat(128))),
  settings,
  overrides: sometimes(50, fc.uniqueArray(fc.record({ prefix, settings }), { maxLength: 3, selector: override => override.prefix })),
}).map(({ registry, owner, settings: defaults, overrides, ...rules }) => ({
  repositoryArnPrefix: `arn:${registry}:${ACCOUNT}:repository/`,
  owner,
  ...rules,
  settings: ownedBy(owner, defaults),
  ...(overrides !== undefined && { overrides: overrides.map(override => ({ ...override, settings: ownedBy(owner, override.settings) })) }),
}));

/** Where names come from that the policy might allow. */
export function prefixesOf({ allowedPrefixes = [], deniedPrefixes = [], overrides = [] }: Policy): string[] {
  return [...allowedPrefixes, ...allowedPrefixes, ...overrides.map(override => override.prefix), ...deniedPrefixes, ''];
}
