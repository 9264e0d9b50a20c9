import { randomUUID } from 'node:crypto';
import type { DeployedResource, Deployment } from './cloudformation';
import { stringOf, stringsOf } from './json';
import { KmsKey } from './kms';
import { Statement, statementsOf } from './policy-document';
import { evaluateForService, ServicePrincipal } from './resource-policy';
import { evaluateForRole } from './role-policies';

/** A message in a queue. */
export interface QueueMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly sentAt: number;
  readonly receiveCount: number;
}

/** A message that a consumer has taken and that nobody else sees for the time being. */
export interface ReceivedMessage extends QueueMessage {
  readonly receiptHandle: string;
}

interface StoredMessage extends QueueMessage {
  receiveCount: number;
  visibleAt: number;
  receiptHandle?: string;
}

/** What a sender does with the key of an encrypted queue. */
const SEND_KEY_ACTIONS = ['kms:GenerateDataKey', 'kms:Decrypt'];

/** An SQS queue in memory. */
export class Queue {
  readonly logicalId: string;
  readonly arn: string;
  /** In milliseconds. */
  readonly visibilityTimeout: number;
  private readonly stored: StoredMessage[] = [];
  private readonly policy: Statement[];
  private readonly key?: KmsKey;

  /** @param clock The time in milliseconds, by which messages that were received become visible again. */
  constructor(private readonly deployment: Deployment, resource: DeployedResource, private readonly clock = Date.now) {
    const { KmsMasterKeyId: keyId, VisibilityTimeout: visibilityTimeout } = resource.properties;
    this.logicalId = resource.logicalId;
    this.arn = resource.arn ?? '';
    this.policy = deployment.resources('AWS::SQS::QueuePolicy')
      .filter(({ properties }) => stringsOf(properties.Queues).includes(resource.physicalId))
      .flatMap(({ properties }) => statementsOf(properties.PolicyDocument));
    this.key = stringOf(keyId) === undefined ? undefined : new KmsKey(deployment, String(keyId));
    this.visibilityTimeout = Number(visibilityTimeout ?? 30) * 1_000;
  }

  /** All messages, also those that a consumer has received but not deleted. */
  get messages(): readonly QueueMessage[] {
    return this.stored;
  }

  /** @returns the message's id */
  send(body: string, attributes: Readonly<Record<string, string>> = {}): string {
    const messageId = randomUUID();
    this.stored.push({ messageId, body, attributes, sentAt: this.clock(), receiveCount: 0, visibleAt: 0 });
    return messageId;
  }

  /** Takes messages, which then stay invisible for the queue's visibility timeout. */
  receive(max = 1): ReceivedMessage[] {
    const now = this.clock();
    return this.stored.filter(message => message.visibleAt <= now).slice(0, max).map(message => {
      const receiptHandle = randomUUID();
      message.receiveCount += 1;
      message.visibleAt = now + this.visibilityTimeout;
      message.receiptHandle = receiptHandle;
      const { messageId, body, attributes, sentAt, receiveCount } = message;
      return { messageId, body, attributes, sentAt, receiveCount, receiptHandle };
    });
  }

  /** Removes a message that was received; a handle that is not the message's latest removes nothing. */
  delete(receiptHandle: string): void {
    const index = this.stored.findIndex(message => message.receiptHandle === receiptHandle);
    if (index >= 0) this.stored.splice(index, 1);
  }

  /** Whether the queue's policy, and that of its key, let a service send on behalf of one of its resources. */
  isSendAllowed(principal: ServicePrincipal): boolean {
    const request = { action: 'sqs:SendMessage', resource: this.arn, context: {} };
    return evaluateForService(this.policy, principal, request) === 'allowed' && this.key?.allowsService(principal, SEND_KEY_ACTIONS) !== false;
  }

  /** Whether a role's policies let it send, and use the queue's key to do so. */
  isSendAllowedForRole(roleArn: string): boolean {
    return evaluateForRole(this.deployment, roleArn, { action: 'sqs:SendMessage', resource: this.arn, context: {} }) === 'allowed'
      && this.key?.firstDenied(roleArn, SEND_KEY_ACTIONS, 'sqs') === undefined;
  }
}
