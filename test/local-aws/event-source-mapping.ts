import { createHash } from 'node:crypto';
import type { DeployedResource, Deployment } from './cloudformation';
import { DeploymentError } from './deployment-error';
import { listOf, objectOf, stringsOf } from './json';
import type { Invocation, LambdaFunction } from './lambda';
import type { Queue, ReceivedMessage } from './queue';
import { evaluateForRole } from './role-policies';

export interface EventSourceMappingOptions {
  readonly functions: readonly LambdaFunction[];
  readonly queues: readonly Queue[];
}

/** What became of a batch of messages. */
export interface PolledBatch {
  readonly invocation: Invocation;
  /** The ids of the messages that are gone from the queue; the others will be seen again. */
  readonly deleted: readonly string[];
}

const QUEUE_ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** A deployed event source mapping from a queue to a function; it polls only when it is told to. */
export class EventSourceMapping {
  readonly logicalId: string;
  private isEnabled: boolean;
  private readonly lambda: LambdaFunction;
  private readonly queue: Queue;

  constructor(
    private readonly deployment: Deployment, private readonly resource: DeployedResource, { functions, queues }: EventSourceMappingOptions,
  ) {
    const { Enabled: enabled, EventSourceArn: queueArn, FilterCriteria: filter, FunctionName: functionName } = resource.properties;
    this.logicalId = resource.logicalId;
    this.isEnabled = enabled === undefined || enabled === true || enabled === 'true';
    const lambda = functions.find(({ arn, name }) => [arn, name].includes(String(functionName)));
    const queue = queues.find(({ arn }) => arn === queueArn);
    if (lambda === undefined || queue === undefined || filter !== undefined) {
      throw new DeploymentError(this.logicalId, 'the local AWS maps only queues of the deployment to functions of it, without a filter');
    }
    if (queue.visibilityTimeout < lambda.timeout) {
      throw new DeploymentError(this.logicalId, 'the queue\'s visibility timeout is less than the function\'s timeout');
    }
    const denied = QUEUE_ACTIONS.find(action =>
      evaluateForRole(deployment, lambda.session.roleArn, { action, resource: queue.arn, context: {} }) !== 'allowed');
    if (denied !== undefined) throw new DeploymentError(this.logicalId, `the function's role is not allowed ${denied} on the queue`);
    this.lambda = lambda;
    this.queue = queue;
  }

  /** Whether it takes messages: at first, as the template says. */
  get enabled(): boolean {
    return this.isEnabled;
  }

  /** Lets it take messages, or not, as `aws lambda update-event-source-mapping` does. */
  setEnabled(enabled: boolean): void {
    this.isEnabled = enabled;
  }

  /** Hands everything that is visible in the queue to the function; of a disabled mapping, nothing. */
  async poll(): Promise<PolledBatch[]> {
    const batches: PolledBatch[] = [];
    if (!this.isEnabled) return batches;
    const batchSize = Number(this.resource.properties.BatchSize ?? 10);
    for (let messages = this.queue.receive(batchSize); messages.length > 0; messages = this.queue.receive(batchSize)) {
      const invocation = await this.lambda.invoke({ Records: messages.map(message => this.record(message)) });
      const deleted = messages.filter(({ messageId }) => !this.failed(invocation, messages).has(messageId));
      deleted.forEach(({ receiptHandle }) => this.queue.delete(receiptHandle));
      batches.push({ invocation, deleted: deleted.map(({ messageId }) => messageId) });
    }
    return batches;
  }

  /** The ids of the messages that failed; an answer that names any other means all of them. */
  private failed({ failure, payload }: Invocation, messages: readonly ReceivedMessage[]): Set<string> {
    const all = new Set(messages.map(({ messageId }) => messageId));
    if (failure !== undefined) return all;
    if (!stringsOf(this.resource.properties.FunctionResponseTypes).includes('ReportBatchItemFailures')) return new Set();
    const reported = listOf(objectOf(payload).batchItemFailures ?? undefined).map(item => String(objectOf(item).itemIdentifier));
    return reported.every(id => all.has(id)) ? new Set(reported) : all;
  }

  private record({ attributes, body, messageId, receiptHandle, receiveCount, sentAt }: ReceivedMessage): unknown {
    return {
      messageId,
      receiptHandle,
      body,
      attributes: { ApproximateReceiveCount: String(receiveCount), SentTimestamp: String(sentAt) },
      messageAttributes: Object.fromEntries(Object.entries(attributes).map(([key, stringValue]) => [key, { stringValue, dataType: 'String' }])),
      md5OfBody: createHash('md5').update(body).digest('hex'),
      eventSource: 'aws:sqs',
      eventSourceARN: this.queue.arn,
      awsRegion: this.deployment.environment.region,
    };
  }
}
