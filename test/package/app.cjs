// What a user of the npm package writes: a small and a large configuration.
const { App, Stack, aws_ecr: ecr } = require('aws-cdk-lib');
const { EcrAutoCreate } = require('cdk-ecr-auto-create');

const stack = new Stack(new App(), 'Platform');
new EcrAutoCreate(stack, 'Small', {
  allowedPrefixes: ['backend/', 'frontend/'],
  repositoryDefaults: {
    imageTagMutability: ecr.TagMutability.IMMUTABLE,
    lifecycleRules: [{ tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 20 }],
    tags: { team: 'platform' },
  },
});
new EcrAutoCreate(stack, 'Large', {
  allowedPrefixes: Array.from({ length: 500 }, (_, index) => `team-${index}/`),
  repositoryDefaults: { lifecycleRules: [{ maxImageCount: 20, description: 'x'.repeat(20_000) }] },
});
stack.node.root.synth();
