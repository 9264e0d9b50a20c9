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

/** Both engines: templates for what they can say, and the events for a prefix that does not end with a `/`. */
export function bothEngines(stack: Stack): void {
  new EcrAutoCreate(stack, 'Native', {
    creationTemplates: true,
    allowedPrefixes: ['backend/'],
    repositoryDefaults: { ...DEMO_PROPS.repositoryDefaults, imageScanOnPush: false },
    repositoryOverrides: [{ prefix: 'backend/sandbox/', settings: { imageTagMutability: ecr.TagMutability.MUTABLE } }],
  });
  new EcrAutoCreate(stack, 'Guarded', {
    allowedPrefixes: ['team-'],
    deniedPrefixes: ['team-legacy'],
    allowedPrincipals: ['arn:*:iam::*:role/ci-*'],
    creatorTagKey: 'created-for',
    repositoryDefaults: DEMO_PROPS.repositoryDefaults,
  });
}

/** Synthesises a stack with the construct, and gives the directory of its cloud assembly. */
export function synthesizeApp(props: EcrAutoCreateProps): string {
  return synthesizeStack(stack => new EcrAutoCreate(stack, 'EcrAutoCreate', props));
}

/** Synthesises a stack, and gives the directory of its cloud assembly. */
export function synthesizeStack(define: (stack: Stack) => void): string {
  const app = new App();
  define(new Stack(app, 'Platform'));
  return app.synth().directory;
}
