// Everything under customer keys: one for the images, one for the queue, the log and the function's environment.
// Another account may pull from each created repository; its own IAM policies must permit its roles to do so, too.
import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { EcrAutoCreate } from 'cdk-ecr-auto-create';

const PRODUCTION_ACCOUNT = '210987654321';

export function define(app: App): void {
  const stack = new Stack(app, 'Registry');

  new EcrAutoCreate(stack, 'EcrAutoCreate', {
    allowedPrefixes: ['services/'],
    encryptionKey: new kms.Key(stack, 'OperationsKey', { enableKeyRotation: true }),
    repositoryDefaults: {
      encryptionKey: new kms.Key(stack, 'ImageKey', { enableKeyRotation: true }),
      repositoryPolicy: new iam.PolicyDocument({
        statements: [new iam.PolicyStatement({
          sid: 'ProductionPulls',
          principals: [new iam.AccountPrincipal(PRODUCTION_ACCOUNT)],
          actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        })],
      }),
    },
    creationTemplates: true,
  });
}

if (require.main === module) define(new App());
