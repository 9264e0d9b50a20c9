import { isForeign, judge, type Judgement, own, has, type Policy } from './contract';
import { demand, show } from './disagreement';
import { checkLineOf, checkText } from './event-oracle';
import type { LogLine } from './log-line';

/** What a message should come to. */
export interface ExpectedMessage {
  readonly messageId: unknown;
  /** Not ours at all, or its event. */
  readonly event?: { readonly value: unknown; readonly judgement: Judgement };
}

/** Reads a message as the services document those of a dead-letter queue. */
export function expectMessage(record: unknown, functionArn: string, policy: Policy): ExpectedMessage {
  const messageId = own(record, 'messageId');
  let body: unknown;
  try {
    body = JSON.parse(own(record, 'body') as string);
  } catch {
    return { messageId };
  }
  if (typeof body !== 'object' || body === null) return { messageId };
  // A record of Lambda names its function, a message of EventBridge has its target in an attribute.
  const target = has(body, 'requestContext')
    ? own(own(body, 'requestContext'), 'functionArn')
    : own(own(own(record, 'messageAttributes'), 'TARGET_ARN'), 'stringValue');
  if (typeof target === 'string' && target !== functionArn && !isVersionOf(target, functionArn)) return { messageId };
  const value = has(body, 'requestPayload') ? own(body, 'requestPayload') : body;
  return { messageId, event: { value, judgement: judge(value, policy) } };
}

function isVersionOf(target: string, functionArn: string): boolean {
  return target.startsWith(`${functionArn}:`);
}

/**
 * Every message was handled or stays in the queue, each with its lines, in order; somebody else's always stay.
 *
 * @returns the judgements of the events that were handled
 */
export function checkBatch(
  messages: readonly ExpectedMessage[], result: unknown, lines: readonly LogLine[], { requestId, thrown }: { requestId: string; thrown: number },
): Judgement[] {
  const rest = [...lines];
  const kept: unknown[] = [];
  const handled: Judgement[] = [];
  let failures = 0;
  for (const { messageId, event } of messages) {
    const line = rest.shift();
    demand('queue', line !== undefined, () => `no line tells of message ${show(messageId)}`);
    if (event === undefined) {
      checkKept(line!, messageId, requestId);
      kept.push(messageId);
      continue;
    }
    const { value, judgement } = event;
    checkLineOf(line!, value, judgement, { requestId, redriven: true });
    if (isForeign(judgement)) {
      kept.push(messageId);
      demand('queue', line!.outcome === 'rejected', () => `another's message came to ${show(line)}`);
      const second = rest.shift();
      demand('queue', second !== undefined, () => `another's message is not said to be kept: ${show(line)}`);
      checkKept(second!, messageId, requestId);
    } else if (line!.outcome === 'failed') {
      failures++;
      kept.push(messageId);
    } else {
      handled.push(judgement);
    }
  }
  demand('queue', rest.length === 0, () => `lines tell of no message: ${show(rest)}`);
  demand('throws', failures === thrown, () => `${failures} messages failed, and ECR failed ${thrown} times`);
  const expected = { batchItemFailures: kept.map(itemIdentifier => ({ itemIdentifier })) };
  demand('queue', JSON.stringify(result) === JSON.stringify(expected), () => `the response is ${show(result)}, and should be ${show(expected)}`);
  return handled;
}

/** Those of SQS have 36 characters. */
const MAX_MESSAGE_ID = 100;

function checkKept(line: LogLine, messageId: unknown, requestId: string): void {
  demand('queue', line.outcome === 'kept' && line.requestId === requestId, () => `a message that must be kept came to ${show(line)}`);
  checkText('messageId', line.messageId, [messageId], MAX_MESSAGE_ID);
  const more = Object.keys(line).filter(field => !['level', 'message', 'outcome', 'messageId', 'requestId'].includes(field));
  demand('queue', more.length === 0, () => `of a message that is kept, more is told: ${show(line)}`);
}
