import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { createStack } from './fixtures';
import { overlay } from '../src/settings-overlay';

const FILTERS = [ecr.ImageTagMutabilityExclusionFilter.wildcard('dev-*')];

test('takes setting by setting', () => {
  expect(overlay({ imageScanOnPush: true, tags: { a: '1' } }, { imageTagMutability: ecr.TagMutability.IMMUTABLE })).toEqual({
    imageScanOnPush: true, tags: { a: '1' }, imageTagMutability: 'IMMUTABLE',
  });
  expect(overlay({ imageScanOnPush: true }, { imageScanOnPush: false })).toEqual({ imageScanOnPush: false });
});

test('takes undefined for not set', () => {
  expect(overlay({ imageScanOnPush: false }, { imageScanOnPush: undefined, tags: undefined })).toEqual({ imageScanOnPush: false });
  expect(overlay({ imageScanOnPush: undefined }, {})).toEqual({});
});

test('merges tags by key', () => {
  expect(overlay({ tags: { a: '1', b: '2' } }, { tags: { b: '3', c: '4' } })).toEqual({ tags: { a: '1', b: '3', c: '4' } });
  expect(overlay({}, { tags: { c: '4' } })).toEqual({ tags: { c: '4' } });
});

test('replaces encryption and key together', () => {
  const encryptionKey = new kms.Key(createStack(), 'Key');
  expect(overlay({ encryption: ecr.RepositoryEncryption.KMS_DSSE, encryptionKey }, { encryption: ecr.RepositoryEncryption.AES_256 }))
    .toEqual({ encryption: ecr.RepositoryEncryption.AES_256 });
  expect(overlay({ encryption: ecr.RepositoryEncryption.KMS_DSSE }, { encryptionKey })).toEqual({ encryptionKey });
});

test('replaces mutability and exemptions together', () => {
  const defaults = { imageTagMutability: ecr.TagMutability.MUTABLE_WITH_EXCLUSION, imageTagMutabilityExclusionFilters: FILTERS };
  expect(overlay(defaults, { imageTagMutability: ecr.TagMutability.IMMUTABLE })).toEqual({ imageTagMutability: 'IMMUTABLE' });
  expect(overlay(defaults, { imageTagMutabilityExclusionFilters: [] })).toEqual({ imageTagMutabilityExclusionFilters: [] });
});

test('replaces lifecycle rules and text together', () => {
  const rules = [{ maxImageCount: 1 }];
  expect(overlay({ lifecycleRules: rules }, { lifecyclePolicyText: '{}' })).toEqual({ lifecyclePolicyText: '{}' });
  expect(overlay({ lifecyclePolicyText: '{}' }, { lifecycleRules: [] })).toEqual({ lifecycleRules: [] });
});

test('replaces the repository policy, keeping the very document', () => {
  const document = new iam.PolicyDocument();
  expect(overlay({ repositoryPolicy: new iam.PolicyDocument() }, { repositoryPolicy: document }).repositoryPolicy).toBe(document);
});
