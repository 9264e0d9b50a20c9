import type { DocumentedException, HandlerCall } from './handler-calls';
import { BrokenAnswer, type Breakage } from '../local-aws/broken-answer';
import { EcrError } from '../local-aws/ecr';
import type { ApiCall } from '../local-aws/ecr-api';
import type { LambdaFunction } from '../local-aws/lambda';

/** How a call goes wrong. */
export interface Fault {
  readonly name: string;
  /** Before the work of the call is done, or after that and before its answer arrives. */
  readonly when: 'before' | 'after';
  /** Takes the place of the answer. */
  readonly strike: (call: ApiCall, lambda: LambdaFunction) => Promise<void>;
  /** The type of the error that the attempt fails with, where only one is right. */
  readonly errorType?: string;
  /** ECR says what went wrong. */
  readonly isException?: boolean;
  /** What the caller waits for: its own time-out, or that of the function. */
  readonly waits?: 'for the answer' | 'for the rest of the answer';
}

/** The types of errors with which Lambda says that a process ended in the middle: it has written no log line then. */
export const KILLED = { crash: 'Runtime.ExitError', timeout: 'Sandbox.Timedout' } as const;

/** The process ends when the call is done. */
export const CRASH_AFTER: Fault = interruption('done, then a crash', 'after', 'crash');

const GATEWAY = { 'Content-Type': 'text/html' };
const UNAVAILABLE: Breakage = { status: 503, headers: GATEWAY, body: Buffer.from('<html><body>Service Unavailable</body></html>') };
const GATEWAY_TIMEOUT: Breakage = { status: 504, headers: GATEWAY, body: Buffer.from('<html><body>Gateway Timeout</body></html>') };
const INTERNAL_ERROR: Breakage = { status: 500, headers: {}, body: Buffer.alloc(0) };

/** Every operation can be answered so. */
const COMMON: readonly DocumentedException[] = [
  { name: 'ThrottlingException', statusCode: 400 },
  { name: 'AccessDeniedException', statusCode: 400 },
  { name: 'ServiceUnavailableException', statusCode: 503 },
];

/** All that can go wrong with a call. */
export function faultsOf({ changes, exceptions }: HandlerCall): Fault[] {
  return [
    ...exceptions.map(exception),
    ...COMMON.filter(({ name }) => exceptions.every(documented => documented.name !== name)).map(exception),
    broken('500 without a body', 'before', INTERNAL_ERROR),
    broken('503 of a load balancer', 'before', UNAVAILABLE),
    hung('hung connection', 'before'),
    broken('reset connection', 'before', 'reset'),
    interruption('time-out of the function', 'before', 'timeout'),
    interruption('crash', 'before', 'crash'),
    broken('answer cut in half', 'after', 'cut'),
    broken('answer garbled', 'after', 'garbled'),
    { ...broken('answer stalled', 'after', 'stalled'), waits: 'for the rest of the answer' },
    ...changes ? [
      hung('done, then hung', 'after'),
      broken('done, then reset', 'after', 'reset'),
      broken('done, then 504', 'after', GATEWAY_TIMEOUT),
      interruption('done, then a time-out', 'after', 'timeout'),
      CRASH_AFTER,
    ] : [],
  ];
}

function exception({ name, statusCode }: DocumentedException): Fault {
  const strike = async (): Promise<void> => { throw new EcrError(name, `${name} by way of trial`, statusCode); };
  return { name, when: 'before', strike, errorType: name, isException: true };
}

function broken(name: string, when: Fault['when'], breakage: Breakage): Fault {
  return { name, when, strike: async () => { throw new BrokenAnswer(breakage); } };
}

function hung(name: string, when: Fault['when']): Fault {
  return { name, when, strike: never, waits: 'for the answer' };
}

function interruption(name: string, when: Fault['when'], by: keyof typeof KILLED): Fault {
  const strike = async ({ traceId }: ApiCall, lambda: LambdaFunction): Promise<void> => {
    await lambda.interrupt(traceId, by);
    return never();
  };
  return { name, when, strike, errorType: KILLED[by] };
}

async function never(): Promise<void> {
  return new Promise(() => undefined);
}
