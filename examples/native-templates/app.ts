// Only ECR's own creation templates: the first push succeeds, and so does the first pull through a cache rule. No function, no trail.
// Templates cannot turn on scan on push, so the registry scans what it gets; that configuration is one for the account and Region.
import { App, Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { CreationTemplateTrigger, EcrCreationTemplates } from 'cdk-ecr-auto-create';

export function define(app: App): void {
  const stack = new Stack(app, 'Registry');

  new EcrCreationTemplates(stack, 'Templates', {
    allowedPrefixes: ['backend/', 'frontend/', 'ecr-public/'],
    appliedFor: [CreationTemplateTrigger.CREATE_ON_PUSH, CreationTemplateTrigger.PULL_THROUGH_CACHE],
    repositoryDefaults: {
      imageTagMutability: ecr.TagMutability.IMMUTABLE,
      imageScanOnPush: false,
      lifecycleRules: [{ tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 20 }],
      tags: { team: 'platform' },
    },
    repositoryOverrides: [
      { prefix: 'backend/sandbox/', settings: { imageTagMutability: ecr.TagMutability.MUTABLE } },
      // A cache follows its source, where tags move.
      { prefix: 'ecr-public/', settings: { imageTagMutability: ecr.TagMutability.MUTABLE } },
    ],
  });

  new ecr.CfnPullThroughCacheRule(stack, 'EcrPublic', { ecrRepositoryPrefix: 'ecr-public', upstreamRegistryUrl: 'public.ecr.aws' });
  new ecr.CfnRegistryScanningConfiguration(stack, 'Scanning', {
    scanType: 'BASIC',
    rules: [{ scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: [{ filter: '*', filterType: 'WILDCARD' }] }],
  });
}

if (require.main === module) define(new App());
