import type { Context } from 'aws-lambda';
import { isForeign, judge, type Judgement, own, type Policy } from './contract';
import { demand, show } from './disagreement';
import { checkLineOf } from './event-oracle';
import type { Entry, HandlerUnderTest } from './handler-under-test';
import { type LogLine, readLog } from './log-line';
import type { ModelledEcr } from './modelled-ecr';
import { observe } from './observation';
import { checkBatch, expectMessage } from './queue-oracle';
import { checkCalls, checkComplete } from './repository-oracle';
import { count, type Tally } from './tally';
import { buildWorld, snapshot, type World } from './world';

/** One input with all that surrounds it. */
export interface FuzzCase {
  readonly policy: Policy;
  /** The event, as it reaches the function's runtime. */
  readonly text: string;
  readonly world: World;
}

/** A function that serves a policy in an ECR. */
export interface Subject {
  readonly policy: Policy;
  readonly model: ModelledEcr;
  /** A process of the function, which may be one that was there before. */
  readonly start: () => Entry;
  /** Whether repositories are deleted while it runs: it may answer from memory then that there is one. */
  readonly outlives?: boolean;
}

export const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:fuzzed';
const REQUEST_ID = '00000000-0000-4000-8000-000000000000';
const CONTEXT = { awsRequestId: REQUEST_ID, invokedFunctionArn: FUNCTION_ARN } as Context;

/** Gives a case to the handler and judges all that came of it. */
export async function checkCase(handler: HandlerUnderTest, { policy, text, world }: FuzzCase, tally: Tally): Promise<void> {
  const event: unknown = JSON.parse(text);
  const model = buildWorld(policy, judge(event, policy).name, world);
  const entry = handler.start(policy, model.client);
  await checkEvent({ policy, model, start: () => world.isRetriedBySame ? entry : handler.start(policy, model.client) }, event, tally);
}

/** Gives an event to a function and judges all that came of it. */
export async function checkEvent({ policy, model, start, outlives = false }: Subject, event: unknown, tally: Tally): Promise<void> {
  const judgement = judge(event, policy);
  const before = snapshot(model);
  const run = () => observe(async () => start()(event, CONTEXT));

  const { threw, error, result, stdout, stderr } = await run();
  const failed = model.takeThrown();
  const lines = readLog(stdout);
  demand('log', stderr === '', () => `something was written to stderr: ${show(stderr)}`);
  checkPrototypes();
  countLines(lines, tally);

  const records = own(event, 'Records');
  if (Array.isArray(records)) {
    demand('throws', !threw, () => `a batch was thrown as a whole: ${show(error)}`);
    const messages = records.map(record => expectMessage(record, FUNCTION_ARN, policy));
    const handled = checkBatch(messages, result, lines, { requestId: REQUEST_ID, thrown: failed === undefined ? 0 : 1 });
    const ours = messages.flatMap(message => message.event === undefined || isForeign(message.event.judgement) ? [] : [message.event.judgement]);
    checkCalls(model, before, ours, policy);
    for (const each of handled) {
      if (each.violations.size === 0) checkComplete(model, before, each, policy);
    }
    return;
  }

  checkOneEvent(lines, event, judgement);
  checkCalls(model, before, [judgement], policy);
  demand('throws', threw === (failed !== undefined) && isSameError(error, failed), () => `${threw ? show(error) : 'nothing'} was thrown, and of ECR came ${show(failed)}`);
  demand('log', lines[0].outcome === 'failed' === threw, () => `${threw ? 'something' : 'nothing'} was thrown, and the line says ${lines[0].outcome}`);
  if (judgement.violations.size > 0) return;
  if (threw) {
    // As Lambda does: what failed is tried again.
    const again = await run();
    demand('throws', !again.threw, () => `the second attempt threw ${show(again.error)}`);
    checkOneEvent(readLog(again.stdout), event, judgement);
    checkCalls(model, before, [judgement], policy);
  }
  if (outlives && lines[0].outcome === 'exists' && model.handlerCalls.length === 0) return;
  checkComplete(model, before, judgement, policy);
}

function checkOneEvent(lines: readonly LogLine[], event: unknown, judgement: Judgement): void {
  demand('log', lines.length === 1, () => `one event made ${lines.length} lines: ${show(lines)}`);
  checkLineOf(lines[0], event, judgement, { requestId: REQUEST_ID });
}

function countLines(lines: readonly LogLine[], tally: Tally): void {
  for (const { outcome, reason } of lines) {
    count(tally.outcomes, outcome);
    if (typeof reason === 'string') count(tally.reasons, reason);
  }
}

/** Over the network, an error is the same by its name and message. */
function isSameError(error: unknown, failed: Error | undefined): boolean {
  if (failed === undefined) return error === undefined;
  return error instanceof Error && error.name === failed.name && error.message === failed.message;
}

const INHERITED = Object.getOwnPropertyNames(Object.prototype).length;

/** Nothing that an event holds may become everything's. */
function checkPrototypes(): void {
  demand('throws', Object.getOwnPropertyNames(Object.prototype).length === INHERITED, () => 'the prototype of all objects was changed');
}
