import { Annotations, Duration, Resource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

const EVENTBRIDGE = 'events.amazonaws.com';

/** The longest timeout of a Lambda function, in seconds: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_FUNCTION_TIMEOUT = 900;

/** A queue for events that could not be delivered and events that could not be handled. */
export function createDeadLetterQueue(scope: Construct, id: string, functionTimeout: Duration): sqs.IQueue {
  const timeout = functionTimeout.isUnresolved() ? MAX_FUNCTION_TIMEOUT : functionTimeout.toSeconds();
  return new sqs.Queue(scope, id, {
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    // What Lambda asks for in a queue that it reads from: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    visibilityTimeout: Duration.seconds(6 * timeout),
  });
}

/** Throws if EventBridge cannot write to the given queue, and lets it use the queue's key. */
export function useDeadLetterQueue(scope: Construct, queue: sqs.IQueue): void {
  const prop = 'deadLetterQueue';
  if (queue.fifo) {
    throw new Error(`${prop} must be a standard queue, as EventBridge takes no other, got the FIFO queue ${queue.node.path}`);
  }
  const key = queue.encryptionMasterKey;
  if (queue.encryptionType === sqs.QueueEncryption.KMS_MANAGED || key?.keyArn.includes(':alias/aws/')) {
    throw new Error(`${prop} must be encrypted by SQS or a customer managed key, as EventBridge cannot use the AWS managed key, got ${queue.node.path}`);
  }

  if (key !== undefined) {
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html#eb-sqs-encrypted
    const statement = new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal(EVENTBRIDGE)],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      // The rule's ARN would make the key depend on the rule, which depends on the queue and so on the key.
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    });
    if (!key.addToResourcePolicy(statement).statementAdded) {
      warnOfStatement(scope, 'deadLetterQueueKeyPolicy', `the policy of the key of ${prop}`, {
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: '*',
        Condition: { StringEquals: { 'aws:SourceAccount': '<account id>' } },
      });
    }
  }
  if (!Resource.isOwnedResource(queue)) {
    warnOfStatement(scope, 'deadLetterQueuePolicy', `the policy of ${prop}`, {
      Action: 'sqs:SendMessage',
      Resource: '<ARN of the queue>',
      Condition: { ArnEquals: { 'aws:SourceArn': '<ARN of the rule>' } },
    });
  }
}

function warnOfStatement(scope: Construct, warning: string, policy: string, statement: object): void {
  const full = { Effect: 'Allow', Principal: { Service: EVENTBRIDGE }, ...statement };
  Annotations.of(scope).addWarningV2(`cdk-ecr-auto-create:${warning}`,
    `${policy} is not this app's: unless it has this statement, events that EventBridge cannot deliver are lost: ${JSON.stringify(full)}`);
}
