import { isDeepStrictEqual } from 'node:util';
import { type JsonObject, listOf, objectOf, stringsOf } from '../../local-aws/json';
import type { Verdict } from '../verdict';
import type { ConstructCase } from './apps';
import type { DeployedFunction } from './deployed-function';
import type { Deployments } from './deployments';
import { failedPush, type Pusher } from './failed-pushes';
import type { Moto } from './moto';
import { exists } from './repositories';
import { policiesOf, withStatements } from './role-policies';

const STREAM = 'judge';

/** No event and no record. */
export const FOREIGN = 'a message of somebody else';

/** Judges what the function's role may do with its queue and its log group, by doing what Lambda does in its name. */
export class QueueAndLogJudge {
  private readonly queueUrl: string;
  private readonly logGroupName: string;

  constructor(
    private readonly verdict: Verdict, private readonly moto: Moto, private readonly deployments: Deployments,
    private readonly deployed: DeployedFunction, private readonly construct: ConstructCase,
  ) {
    this.queueUrl = deployments.only('AWS::SQS::Queue', construct).physicalId;
    this.logGroupName = deployments.only('AWS::Logs::LogGroup', construct).physicalId;
  }

  async judge(pusher: Pusher): Promise<void> {
    await this.judgeQueuePolicy();
    const lines = await this.redrive(pusher);
    await this.writeLogs(lines);
    await this.judgePermissions();
  }

  /** Only by TLS; and the rule, and no other, may have EventBridge send what it cannot deliver. */
  private async judgeQueuePolicy(): Promise<void> {
    const { Attributes } = await this.moto.call('sqs', 'GetQueueAttributes', { QueueUrl: this.queueUrl, AttributeNames: ['Policy', 'QueueArn'] });
    const { Policy: policy, QueueArn: resource } = objectOf(Attributes);
    const statements = listOf(objectOf(JSON.parse(String(policy))).Statement).map(objectOf);
    const rule = this.deployments.only('AWS::Events::Rule', this.construct).arn;
    const tlsOnly = statements.some(({ Action, Condition, Effect, Resource }) => Effect === 'Deny' && Action === 'sqs:*' && Resource === resource
      && isDeepStrictEqual(Condition, { Bool: { 'aws:SecureTransport': 'false' } }));
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow')
      .map(({ Action, Condition, Principal, Resource }) => ({ Action, Condition, Principal, Resource }));
    const byRule = isDeepStrictEqual(allowed, [{
      Action: 'sqs:SendMessage',
      Condition: { ArnEquals: { 'aws:SourceArn': rule } },
      Principal: { Service: 'events.amazonaws.com' },
      Resource: resource,
    }]);
    this.verdict.check('queues judged', tlsOnly && byRule, () => `the policy of ${this.queueUrl} is ${JSON.stringify(statements)}`);
  }

  /** What EventBridge and Lambda leave in the queue is replayed as the event source mapping does it; somebody else's message stays. */
  private async redrive(pusher: Pusher): Promise<readonly JsonObject[]> {
    const [like] = Object.keys(this.construct.creates);
    const names = [`${like}-undelivered`, `${like}-failed`];
    const [undelivered, failed] = await Promise.all(names.map(async name => failedPush(this.moto, pusher, name)));
    const attributes = { ERROR_CODE: 'NO_PERMISSIONS', RULE_ARN: this.deployments.only('AWS::Events::Rule', this.construct).arn, TARGET_ARN: this.deployed.arn };
    await this.moto.call('sqs', 'SendMessage', {
      QueueUrl: this.queueUrl,
      MessageBody: JSON.stringify(undelivered),
      MessageAttributes: toAttributes(attributes),
    });
    // Lambda sends in the name of the function's role.
    const record = { version: '1.0', requestContext: { functionArn: `${this.deployed.arn}:$LATEST`, condition: 'RetriesExhausted' }, requestPayload: failed };
    await this.asRole('SendMessage', { MessageBody: JSON.stringify(record) });
    await this.moto.call('sqs', 'SendMessage', { QueueUrl: this.queueUrl, MessageBody: FOREIGN, MessageAttributes: toAttributes(attributes) });

    const lines: JsonObject[] = [];
    const kept: JsonObject[] = [];
    for (let remaining = 3; remaining > 0; remaining--) {
      const { Messages } = await this.asRole('ReceiveMessage', { MessageAttributeNames: ['All'] });
      const messages = listOf(Messages).map(objectOf);
      const run = await this.deployed.run({ Records: messages.map(toRecord) });
      const failures = listOf(objectOf(run.payload).batchItemFailures).map(failure => objectOf(failure).itemIdentifier);
      lines.push(...run.lines);
      for (const message of messages) {
        if (failures.includes(message.MessageId)) kept.push(message);
        else await this.asRole('DeleteMessage', { ReceiptHandle: message.ReceiptHandle });
      }
    }
    for (const { ReceiptHandle } of kept) await this.asRole('ChangeMessageVisibility', { ReceiptHandle, VisibilityTimeout: 0 });
    const bodies = kept.map(({ Body }) => Body);
    const created = await Promise.all(names.map(async name => exists(this.moto, name)));
    this.verdict.check('queues judged', created.every(Boolean) && isDeepStrictEqual(bodies, [FOREIGN]),
      () => `after the redrive of ${this.queueUrl}, ${names.join()} are there: ${created.join()}, and kept is ${JSON.stringify(bodies)}`);
    const { Attributes: after } = await this.asRole('GetQueueAttributes', { AttributeNames: ['All'] });
    const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: hidden } = objectOf(after);
    this.verdict.check('queues judged', Number(visible) + Number(hidden) === 1, () => `${this.queueUrl} holds ${Number(visible) + Number(hidden)} messages`);
    return lines;
  }

  private async asRole(operation: string, parameters: JsonObject): Promise<JsonObject> {
    return this.moto.call('sqs', operation, { QueueUrl: this.queueUrl, ...parameters }, this.deployed.credentials);
  }

  /** Lambda writes what the function says, in the name of its role. */
  private async writeLogs(lines: readonly JsonObject[]): Promise<void> {
    const { credentials } = this.deployed;
    const stream = { logGroupName: this.logGroupName, logStreamName: STREAM };
    await this.moto.call('logs', 'CreateLogStream', stream, credentials);
    const logEvents = lines.map(line => ({ timestamp: Date.now(), message: JSON.stringify(line) }));
    await this.moto.call('logs', 'PutLogEvents', { ...stream, logEvents }, credentials);
    const { events } = await this.moto.call('logs', 'GetLogEvents', stream);
    const messages = listOf(events).map(event => objectOf(event).message);
    this.verdict.check('logs judged', isDeepStrictEqual(messages, logEvents.map(({ message }) => message)), () => `${this.logGroupName} holds ${JSON.stringify(messages)}`);
    for (const [operation, parameters] of Object.entries({ DeleteLogStream: stream, GetLogEvents: stream, CreateLogGroup: { logGroupName: 'another' } })) {
      const error = await this.moto.errorOf('logs', operation, parameters, credentials);
      this.verdict.check('refusals', error === 'AccessDeniedException', () => `${operation} by the role of ${this.deployed.name} is ${error ?? 'allowed'}`);
    }
  }

  /** Each permission on the queue and the log group works, and not without it. */
  private async judgePermissions(): Promise<void> {
    const policies = await policiesOf(this.moto, this.deployed.roleName);
    const queue = { QueueUrl: this.queueUrl };
    const stream = { logGroupName: this.logGroupName, logStreamName: `${STREAM}-again` };
    const calls: Readonly<Record<string, JsonObject>> = {
      'logs:CreateLogStream': stream,
      'logs:PutLogEvents': { ...stream, logEvents: [{ timestamp: Date.now(), message: 'again' }] },
      'sqs:GetQueueAttributes': queue,
      'sqs:ReceiveMessage': { ...queue, VisibilityTimeout: 0 },
    };
    for (const [permission, parameters] of Object.entries(calls)) {
      const [service, operation] = permission.split(':');
      const call = async () => this.moto.errorOf(service, operation, parameters, this.deployed.credentials);
      const policy = policies.find(({ statements }) => statements.some(({ Action }) => stringsOf(Action).includes(permission)));
      if (policy === undefined) {
        this.verdict.disagree(`no policy of ${this.deployed.roleName} has ${permission}`);
        continue;
      }
      const rest = (actions: unknown) => stringsOf(actions).filter(action => action !== permission);
      const reduced = policy.statements.map(statement => ({ ...statement, Action: rest(statement.Action) }));
      const without = await withStatements(this.moto, policy, reduced, call);
      const withIt = await call();
      this.verdict.check('permissions removed', without !== undefined && /AccessDenied|^403$/.test(without) && withIt === undefined,
        () => `${permission} by the role of ${this.deployed.name} is ${withIt ?? 'allowed'}, and ${without ?? 'allowed'} without the permission`);
    }
  }
}

function toAttributes(attributes: Readonly<Record<string, string | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(attributes).map(([key, StringValue]) => [key, { DataType: 'String', StringValue }]));
}

/** A message as Lambda's batches have it. */
function toRecord({ Body, MessageAttributes, MessageId, ReceiptHandle }: JsonObject): JsonObject {
  const attributes = Object.entries(objectOf(MessageAttributes)).map(([key, value]) =>
    [key, { dataType: objectOf(value).DataType, stringValue: objectOf(value).StringValue }]);
  return { messageId: MessageId, receiptHandle: ReceiptHandle, body: Body, messageAttributes: Object.fromEntries(attributes), eventSource: 'aws:sqs' };
}
