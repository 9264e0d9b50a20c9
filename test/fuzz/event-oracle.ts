import { type Judgement, own } from './contract';
import { demand, show } from './disagreement';
import type { LogLine } from './log-line';
import { checkMetrics } from './metrics-oracle';

/** More than this of a text is not logged. */
const MAX_TEXT = 2_048;

/** A line tells of its event, and of nothing else. */
export function checkLineOf(
  line: LogLine, event: unknown, { violations, name }: Judgement, expected: { readonly requestId?: string; readonly redriven?: boolean },
): void {
  checkMetrics(line);
  demand('log', line.requestId === expected.requestId && line.redriven === (expected.redriven === true ? true : undefined),
    () => `the line tells of another delivery: ${show(line)}`);
  const reason = line.outcome === 'rejected' ? line.reason : undefined;
  demand('log', line.reason === reason, () => `a reason without a rejection: ${show(line)}`);
  const isRight = line.outcome === 'rejected' ? [...violations].some(violation => violation === reason) : violations.size === 0;
  demand('policy', isRight, () => `the outcome is ${line.outcome} ${show(reason)}, and the event breaks ${show([...violations])}`);
  if (violations.has('NotAFailedPush')) {
    const told = ['repositoryName', 'pushedBy', 'sourceIpAddress', 'millisecondsSincePush'].filter(field => Object.hasOwn(line, field));
    demand('log', told.length === 0, () => `a push is told of that was none: ${show(line)}`);
  } else {
    const detail = own(event, 'detail');
    const identity = own(detail, 'userIdentity');
    checkText('repositoryName', line.repositoryName, [name]);
    checkText('pushedBy', line.pushedBy, [own(identity, 'arn'), own(identity, 'principalId'), own(identity, 'type')]);
    checkText('sourceIpAddress', line.sourceIpAddress, [own(detail, 'sourceIPAddress')]);
  }
  const message = { created: `created ${name} repository`, completed: `created ${name} repository`, exists: `${name} repository already exists` };
  const exact = message[line.outcome as keyof typeof message] as string | undefined;
  demand('log', exact === undefined || line.message === exact, () => `the message of ${line.outcome} is ${show(line.message)}`);
}

/** What is logged is the first of the candidates that is a text: whole, or its beginning. */
export function checkText(field: string, logged: unknown, candidates: unknown[], most = MAX_TEXT): void {
  const text = candidates.find((candidate): candidate is string => typeof candidate === 'string');
  const holds = text === undefined || text.length <= most
    ? logged === text
    : typeof logged === 'string' && logged.length <= most + 1 && text.startsWith(logged.slice(0, most));
  demand('log', holds, () => `${field} is ${show(logged)}, and the event has ${show(text)}`);
}
