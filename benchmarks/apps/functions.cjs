// The functions that are started cold and warm: ours, and the same handler as NodejsFunction bundles it by itself.
'use strict';

const { join } = require('node:path');
const { App, Stack } = require('aws-cdk-lib');
const { TagMutability, TagStatus } = require('aws-cdk-lib/aws-ecr');
const { AccountPrincipal, PolicyDocument, PolicyStatement } = require('aws-cdk-lib/aws-iam');
const { Runtime } = require('aws-cdk-lib/aws-lambda');
const { NodejsFunction } = require('aws-cdk-lib/aws-lambda-nodejs');
const { EcrAutoCreate } = require('../../lib');

const PROJECT = join(__dirname, '..', '..');
const app = new App();

/** What one call of CreateRepository can say. */
const SETTINGS = { imageTagMutability: TagMutability.IMMUTABLE, tags: { team: 'platform' } };
const LIFECYCLE = { lifecycleRules: [{ tagStatus: TagStatus.UNTAGGED, maxImageCount: 20 }] };
const POLICY = {
  repositoryPolicy: new PolicyDocument({
    statements: [new PolicyStatement({
      principals: [new AccountPrincipal('210987654321')],
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    })],
  }),
};

const define = (name, repositoryDefaults) =>
  new EcrAutoCreate(new Stack(app, name), 'EcrAutoCreate', { allowedPrefixes: ['backend/', 'frontend/'], repositoryDefaults });
define('Settings', SETTINGS);
define('Policies', { ...SETTINGS, ...LIFECYCLE, ...POLICY });
// A stack of its own, for it is deployed alone.
define('Burst', { ...SETTINGS, ...LIFECYCLE });

for (const [node, runtime] of Object.entries({ node20: Runtime.NODEJS_20_X, node24: Runtime.NODEJS_24_X })) {
  for (const [name, bundling] of Object.entries({ external: {}, full: { bundleAwsSDK: true } })) {
    new NodejsFunction(new Stack(app, `${name}-${node}`), 'Function', {
      runtime,
      entry: join(PROJECT, 'src', 'handler', 'index.ts'),
      projectRoot: PROJECT,
      depsLockFilePath: join(PROJECT, 'package-lock.json'),
      bundling,
    });
  }
}
app.synth();
