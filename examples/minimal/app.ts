// The smallest app: each push to a repository that does not exist creates it, with scan on push and ECR's own defaults.
// The account needs a CloudTrail trail that logs write management events; the push must be repeated until it succeeds.
import { App, Stack } from 'aws-cdk-lib';
import { EcrAutoCreate } from 'cdk-ecr-auto-create';

export function define(app: App): void {
  const stack = new Stack(app, 'Registry');
  new EcrAutoCreate(stack, 'EcrAutoCreate');
}

if (require.main === module) define(new App());
