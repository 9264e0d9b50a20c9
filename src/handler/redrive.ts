import type { ECRClient } from '@aws-sdk/client-ecr';
import type { Context, SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { LoadedConfiguration } from './configuration';
import type { Rejection } from './decision';
import { handlePushEvent } from './handle-push-event';
import { writeLine } from './outcome';

/** What the rule's pattern keeps from this function: such a message is somebody else's, and must not be deleted. */
const NOT_OURS: Rejection['reason'][] = ['NotAFailedPush', 'OtherAccount', 'OtherRegion', 'OtherRegistry', 'NotAllowedPrefix'];

/** A batch of messages, as the event source mapping of the dead-letter queue delivers it. */
export function isQueueBatch(event: unknown): event is { readonly Records: SQSRecord[] } {
  return typeof event === 'object' && event !== null && 'Records' in event && Array.isArray(event.Records);
}

/**
 * Handles messages of the dead-letter queue again.
 *
 * What fails again, and what is neither an event of our rule nor a record of our function, stays in the queue.
 */
export async function redrive(
  records: readonly SQSRecord[], context: Context | undefined, configuration: LoadedConfiguration, client: ECRClient,
): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const record of records) {
    // Without an id, Lambda takes the whole batch for failed, and deletes none of it.
    if (!await isHandled(record, context, configuration, client)) {
      batchItemFailures.push({ itemIdentifier: (record as SQSRecord | null)?.messageId as string });
    }
  }
  return { batchItemFailures };
}

async function isHandled(
  record: SQSRecord, context: Context | undefined, configuration: LoadedConfiguration, client: ECRClient,
): Promise<boolean> {
  const requestId = context?.awsRequestId;
  const event = isObject(record) ? eventOf(record, context?.invokedFunctionArn) : undefined;
  if (event !== undefined) {
    try {
      const outcome = await handlePushEvent(event, { requestId, redriven: true }, configuration, client);
      if (outcome.outcome !== 'rejected' || !NOT_OURS.includes(outcome.rejection.reason)) return true;
    } catch {
      // Its log line is written.
      return false;
    }
  }
  writeLine({
    level: 'ERROR',
    message: 'left a message in the dead-letter queue: it is no event of this construct\'s rule and no record of this function',
    outcome: 'kept',
    messageId: idOf(record),
    requestId,
  });
  return false;
}

/**
 * The event in the message; undefined if it was meant for another target.
 *
 * EventBridge writes the event itself, Lambda a record of the invocation.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
function eventOf(record: SQSRecord, functionArn: string | undefined): unknown {
  let body: unknown;
  try {
    body = JSON.parse(record.body);
  } catch {
    return undefined;
  }
  if (typeof body !== 'object' || body === null) return undefined;

  const target = 'requestContext' in body
    ? (body.requestContext as { functionArn?: unknown } | null)?.functionArn
    : (record.messageAttributes as Partial<SQSRecord['messageAttributes']> | undefined)?.TARGET_ARN?.stringValue;
  if (typeof target === 'string' && functionArn !== undefined && unqualified(target) !== unqualified(functionArn)) return undefined;
  return 'requestPayload' in body ? body.requestPayload : body;
}

/** What is not a message of SQS may have anything there. */
function idOf(record: unknown): string | undefined {
  return isObject(record) && 'messageId' in record && typeof record.messageId === 'string' ? record.messageId.slice(0, 100) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** `arn:<partition>:lambda:<region>:<account>:function:<name>`, without the version that may follow. */
function unqualified(functionArn: string): string {
  return functionArn.split(':').slice(0, 7).join(':');
}
