// One policy in every Region of an account: a stack each, because a registry, an event bus and a rule belong to one Region.
// Each Region gets a trail of its own. In an account that has a trail of all Regions, an organization's for example, leave createTrail out.
import { App, Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { EcrAutoCreate, type EcrAutoCreateProps } from 'cdk-ecr-auto-create';

// Those that the account has enabled and bootstrapped: aws account list-regions --region-opt-status-contains ENABLED ENABLED_BY_DEFAULT
const REGIONS = ['eu-central-1', 'eu-west-1', 'us-east-1'];

const POLICY: EcrAutoCreateProps = {
  allowedPrefixes: ['backend/', 'frontend/'],
  repositoryDefaults: {
    imageTagMutability: ecr.TagMutability.IMMUTABLE,
    lifecycleRules: [{ tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 20 }],
  },
  creationTemplates: true,
  createTrail: true,
};

export function define(app: App, account = process.env.CDK_DEFAULT_ACCOUNT): void {
  for (const region of REGIONS) {
    const stack = new Stack(app, `Registry-${region}`, { env: { account, region } });
    new EcrAutoCreate(stack, 'EcrAutoCreate', POLICY);
  }
}

if (require.main === module) define(new App());
