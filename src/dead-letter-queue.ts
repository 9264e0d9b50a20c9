import { Duration, Resource } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledged-findings';
import { eventBridgeStatement } from './customer-key';
import { allowInKeyPolicy, warnOfStatements } from './kms-key';

const OTHERWISE = 'events that EventBridge cannot deliver are lost';

/** The longest timeout of a Lambda function, in seconds: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_FUNCTION_TIMEOUT = 900;

/**
 * A queue for events that could not be delivered and events that could not be handled.
 *
 * @param encryptionKey a customer key that EventBridge may use
 */
export function createDeadLetterQueue(scope: Construct, id: string, functionTimeout: Duration, encryptionKey?: kms.IKey): sqs.IQueue {
  const timeout = functionTimeout.isUnresolved() ? MAX_FUNCTION_TIMEOUT : functionTimeout.toSeconds();
  const queue = new sqs.Queue(scope, id, {
    encryption: encryptionKey ? sqs.QueueEncryption.KMS : sqs.QueueEncryption.SQS_MANAGED,
    encryptionMasterKey: encryptionKey,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    // What Lambda asks for in a queue that it reads from: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    visibilityTimeout: Duration.seconds(6 * timeout),
  });
  acknowledge(queue, { rules: ['AwsSolutions-SQS3'], reason: 'It is a dead-letter queue itself' });
  if (encryptionKey === undefined) {
    acknowledge(queue, { rules: [], checks: ['CKV_AWS_27'], reason: 'It is encrypted by keys of Amazon SQS; encryptionKey makes it a customer key' });
  }
  return queue;
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
    allowInKeyPolicy(scope, key, {
      prop, warning: 'deadLetterQueueKeyPolicy', otherwise: OTHERWISE, statements: [eventBridgeStatement(scope)],
    });
  }
  if (!Resource.isOwnedResource(queue)) {
    warnOfStatements(scope, 'deadLetterQueuePolicy', `the policy of ${prop}`, OTHERWISE, [{
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queue.queueArn,
      Condition: { ArnEquals: { 'aws:SourceArn': '<ARN of the rule>' } },
    }]);
  }
}
