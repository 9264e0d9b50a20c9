import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import type { RepositorySettings } from './repository-settings';

/** Throws unless ECR can encrypt a repository so. */
export function checkEncryption(scope: Construct, prop: string, settings: RepositorySettings): void {
  const { encryption, encryptionKey } = settings;
  if (encryptionKey === undefined) return;

  if (encryption?.value === ecr.RepositoryEncryption.AES_256.value) {
    throw new Error(`${prop}.encryption must be KMS or KMS_DSSE with an encryptionKey, got ${encryption.value}`);
  }
  // An alias is an IKey too, whose "key ARN" names the alias.
  if ('aliasName' in encryptionKey || /:alias\//.test(encryptionKey.keyArn)) {
    throw new Error(`${prop}.encryptionKey must be a key, got an alias (${encryptionKey.node.path}); IAM and ECR need the key's ARN: kms.Key.fromKeyArn or kms.Key.fromLookup`);
  }
  const { region } = Stack.of(scope);
  if (Token.compareStrings(encryptionKey.env.region, region) === TokenComparison.DIFFERENT) {
    throw new Error(`${prop}.encryptionKey must be in the stack's Region, ${region}, got a key in ${encryptionKey.env.region}`);
  }
}

/** The encryption as the ECR API takes it; undefined for ECR's default. */
export function encryptionConfiguration({ encryption, encryptionKey }: RepositorySettings) {
  const type = encryption ?? (encryptionKey && ecr.RepositoryEncryption.KMS);
  return type && { encryptionType: type.value as 'AES256' | 'KMS' | 'KMS_DSSE', kmsKey: encryptionKey?.keyArn };
}
