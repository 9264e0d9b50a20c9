import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';

/**
 * What a created repository gets.
 *
 * Tokens may stand inside strings, such as key ARNs, account ids and tag values. List and number tokens are errors.
 */
export interface RepositorySettings {
  /**
   * Whether image tags can be overwritten.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
   * @default - ECR's own default, MUTABLE
   */
  readonly imageTagMutability?: ecr.TagMutability;

  /**
   * Tags that are exempt from `imageTagMutability`.
   *
   * 1 to 5 filters, with IMMUTABLE_WITH_EXCLUSION or MUTABLE_WITH_EXCLUSION.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
   * @default - no exemptions
   */
  readonly imageTagMutabilityExclusionFilters?: ecr.ImageTagMutabilityExclusionFilter[];

  /**
   * Whether images are scanned for vulnerabilities after a push.
   *
   * A scanning configuration of the whole registry takes precedence over it. ECR's creation templates cannot turn it on: it has no effect on
   * repositories that ECR creates.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
   * @default true
   */
  readonly imageScanOnPush?: boolean;

  /**
   * How images are encrypted at rest. It cannot be changed after creation.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
   * @default - KMS if `encryptionKey` is given, ECR's own default (AES256) otherwise
   */
  readonly encryption?: ecr.RepositoryEncryption;

  /**
   * The KMS key that encrypts the images. It must be a key of the same Region, not an alias.
   *
   * Whoever creates repositories may use it, through ECR only: the function's role, and the role that ECR assumes for creation templates.
   * The key's policy must let the account's IAM policies apply, as that of a `kms.Key` does by default.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
   * @default - the AWS managed key `aws/ecr` with KMS encryption, no key otherwise
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Rules that expire images.
   *
   * Not beside `lifecyclePolicyText`.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
   * @default - no lifecycle policy
   */
  readonly lifecycleRules?: ecr.LifecycleRule[];

  /**
   * The lifecycle policy as ECR takes it, for what `ecr.LifecycleRule` cannot say, such as archiving.
   *
   * A JSON object with `rules`, of 100 to 30,720 characters without white space. Not beside `lifecycleRules`.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutLifecyclePolicy.html
   * @default - no lifecycle policy
   */
  readonly lifecyclePolicyText?: string;

  /**
   * The repository policy, which lets other accounts or services pull, for example.
   *
   * It may still be added to after this. An empty one counts as none; at most 10,240 characters.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html
   * @default - no repository policy
   */
  readonly repositoryPolicy?: iam.PolicyDocument;

  /**
   * Tags of the repository, 48 at most, or 47 beside `creatorTagKey`.
   *
   * Two more are always added, to repositories that ECR creates by templates too: `created-by` with the value `cdk-ecr-auto-create`, and
   * `cdk-ecr-auto-create:owner`, by which a construct knows its own repositories. Neither key can be used here.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html
   * @default - only the two reserved tags
   */
  readonly tags?: { [key: string]: string };
}
