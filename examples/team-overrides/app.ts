// An allow-list: two teams have a prefix each, settings of their own laid over the defaults, and a denied corner.
// Only pushes of the CI role create repositories, and each repository carries a tag that names who caused it.
import { App, Duration, Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import { EcrAutoCreate } from 'cdk-ecr-auto-create';

export function define(app: App): void {
  const stack = new Stack(app, 'Registry');
  const ciRole = new iam.Role(stack, 'CiRole', { assumedBy: new iam.AccountRootPrincipal() });

  const autoCreate = new EcrAutoCreate(stack, 'EcrAutoCreate', {
    allowedPrefixes: ['payments/', 'search/'],
    deniedPrefixes: ['payments/archive/'],
    allowedPrincipals: [ciRole.roleArn],
    creatorTagKey: 'created-for',
    repositoryDefaults: {
      imageTagMutability: ecr.TagMutability.IMMUTABLE,
      lifecycleRules: [{ tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 20 }],
      tags: { 'cost-centre': 'platform' },
    },
    repositoryOverrides: [
      // Keeps every image: an empty list removes the default. The tags are merged.
      { prefix: 'payments/', settings: { lifecycleRules: [], tags: { team: 'payments' } } },
      {
        prefix: 'search/',
        settings: {
          imageTagMutability: ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
          imageTagMutabilityExclusionFilters: [ecr.ImageTagMutabilityExclusionFilter.wildcard('latest')],
          tags: { team: 'search' },
        },
      },
      // Of the two that match, only the one with the longest prefix applies.
      {
        prefix: 'search/sandbox/',
        settings: {
          imageTagMutability: ecr.TagMutability.MUTABLE,
          lifecycleRules: [{ maxImageAge: Duration.days(14) }],
          tags: { team: 'search' },
        },
      },
    ],
  });
  autoCreate.grantPush(ciRole);
}

if (require.main === module) define(new App());
