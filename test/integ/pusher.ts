import { Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

/** What the first request of a push came to, as the payload of {@link Pusher} says it. */
export const FIRST_REQUEST = { ACCEPTED: '"accepted"', NO_REPOSITORY: '"RepositoryNotFoundException"' } as const;

/** Where the tests create repositories. */
export const TEST_PREFIX = 'cdk-ecr-auto-create-integ/';

const CODE = `
const { ECRClient, InitiateLayerUploadCommand } = require('@aws-sdk/client-ecr');
const client = new ECRClient();
exports.handler = async ({ repositoryName }) => {
  try {
    await client.send(new InitiateLayerUploadCommand({ repositoryName }));
    return 'accepted';
  } catch (error) {
    return error.name;
  }
};
`;

/** Begins a push, as a client of the registry does, for `{ repositoryName }`, and returns what that came to. */
export class Pusher extends Construct {
  public readonly handler: lambda.Function;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.handler = new lambda.Function(this, 'Handler', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline(CODE.trim()),
      description: `Begins pushes to repositories under ${TEST_PREFIX} of ${Stack.of(this).stackName}`,
    });
  }
}

/** Commands that leave no repository behind, whether or not the test came so far. */
export function deletionOf(...repositoryNames: string[]): string[] {
  return repositoryNames.map(name => `aws ecr delete-repository --force --repository-name ${name} || true`);
}
