import * as ecr from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import { checkKey } from './kms-key';
import type { RepositorySettings } from './repository-settings';

/** Throws unless ECR can encrypt a repository so. */
export function checkEncryption(scope: Construct, prop: string, settings: RepositorySettings): void {
  const { encryption, encryptionKey } = settings;
  if (encryptionKey === undefined) return;

  if (encryption?.value === ecr.RepositoryEncryption.AES_256.value) {
    throw new Error(`${prop}.encryption must be KMS or KMS_DSSE with an encryptionKey, got ${encryption.value}`);
  }
  checkKey(scope, `${prop}.encryptionKey`, encryptionKey, 'ECR');
}

/** The encryption as the ECR API takes it; undefined for ECR's default. */
export function encryptionConfiguration({ encryption, encryptionKey }: RepositorySettings) {
  const type = encryption ?? (encryptionKey && ecr.RepositoryEncryption.KMS);
  return type && { encryptionType: type.value as 'AES256' | 'KMS' | 'KMS_DSSE', kmsKey: encryptionKey?.keyArn };
}
