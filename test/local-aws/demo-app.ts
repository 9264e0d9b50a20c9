import { App, Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import { EcrAutoCreate, type EcrAutoCreateProps } from '../../src';

/** What a platform team might write. */
export const DEMO_PROPS = {
  allowedPrefixes: ['backend/', 'frontend/'],
  repositoryDefaults: {
    imageTagMutability: ecr.TagMutability.IMMUTABLE,
    lifecycleRules: [{ tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 20 }],
    repositoryPolicy: new iam.PolicyDocument({
      statements: [new iam.PolicyStatement({
        principals: [new iam.AccountPrincipal('210987654321')],
        actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      })],
    }),
    tags: { team: 'platform' },
  },
} satisfies EcrAutoCreateProps;

/** Synthesises a stack with the construct, and gives the directory of its cloud assembly. */
export function synthesizeApp(props: EcrAutoCreateProps): string {
  const app = new App();
  new EcrAutoCreate(new Stack(app, 'Platform'), 'EcrAutoCreate', props);
  return app.synth().directory;
}
