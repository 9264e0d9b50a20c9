import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as destinations from 'aws-cdk-lib/aws-lambda-destinations';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';

/** Creates what was pushed to, by a request to ECR's API that is made by hand. */
const HANDLER = `
  exports.handler = async ({ Records, ...event }) => {
    const { detail } = Records === undefined ? event : JSON.parse(Records[0].body);
    const { repositoryName } = detail.requestParameters;
    const { AWS_ACCESS_KEY_ID: id, AWS_ENDPOINT_URL_ECR: url, AWS_REGION: region, KEY: kmsKey } = process.env;
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.CreateRepository',
        'authorization': 'AWS4-HMAC-SHA256 Credential=' + id + '/20260101/' + region + '/ecr/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify({
        repositoryName,
        tags: [{ Key: 'pusher', Value: detail.userIdentity.arn }],
        ...(repositoryName.endsWith('secret') && { encryptionConfiguration: { encryptionType: 'KMS', kmsKey } }),
      }),
    });
    const body = await response.json();
    if (!response.ok) throw Object.assign(new Error(body.message), { name: body.__type });
    console.log('created ' + repositoryName);
  };`;

/**
 * Synthesizes a stack that creates what is pushed to under `backend/`, and under `native/` by ECR itself.
 *
 * @returns the cloud assembly's directory
 */
export function synthesizeExample(directory: string): string {
  mkdirSync(join(directory, 'code'));
  writeFileSync(join(directory, 'code', 'index.js'), HANDLER);
  const app = new App({ outdir: join(directory, 'cdk.out') });
  const stack = new Stack(app, 'Stack');
  const key = new kms.Key(stack, 'Key');
  const queue = new sqs.Queue(stack, 'Queue', { enforceSSL: true });
  const handler = new lambda.Function(stack, 'Handler', {
    code: lambda.Code.fromAsset(join(directory, 'code')),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
    environment: { KEY: key.keyArn },
    logGroup: new logs.LogGroup(stack, 'Logs'),
    onFailure: new destinations.SqsDestination(queue),
  });
  handler.addToRolePolicy(new iam.PolicyStatement({
    actions: ['ecr:CreateRepository', 'ecr:TagResource'],
    resources: [stack.formatArn({ service: 'ecr', resource: 'repository', resourceName: 'backend/*' })],
  }));
  handler.addToRolePolicy(new iam.PolicyStatement({ actions: ['kms:CreateGrant', 'kms:RetireGrant', 'kms:DescribeKey'], resources: [key.keyArn] }));
  handler.addEventSource(new SqsEventSource(queue, { batchSize: 1, enabled: false }));
  const failedPush = {
    source: ['aws.ecr'],
    detail: { errorCode: ['RepositoryNotFoundException'], requestParameters: { repositoryName: events.Match.prefix('backend/') } },
  };
  new events.Rule(stack, 'FailedPush', { eventPattern: failedPush, targets: [new targets.LambdaFunction(handler, { deadLetterQueue: queue })] });
  new events.Rule(stack, 'Created', {
    eventPattern: { source: ['aws.ecr'], detail: { eventName: ['CreateRepository'], errorCode: [{ exists: false }] } },
    targets: [new targets.SqsQueue(new sqs.Queue(stack, 'News'))],
  });
  new ecr.CfnRepositoryCreationTemplate(stack, 'Template', { prefix: 'native', appliedFor: ['CREATE_ON_PUSH'] });
  app.synth();
  return join(directory, 'cdk.out');
}
