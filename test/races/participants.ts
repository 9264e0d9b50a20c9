import type { ECRClient } from '@aws-sdk/client-ecr';
import type { Context, SQSRecord } from 'aws-lambda';
import { Actor, type Call } from './actor';
import type { DeployedConstruct } from './deployed-constructs';
import type { Party } from './shared-ecr';
import type { HandlerUnderTest } from '../fuzz/handler-under-test';
import { failedPush } from '../handler/fixtures';

export const NAME = 'backend/payments';
export const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:handler';

/** Lambda's, with the default configuration. */
const ATTEMPTS = 3;

/** What became of an event. */
export interface Delivery {
  /** All attempts failed: it is in the dead-letter queue. */
  isInQueue: boolean;
  attempts: number;
}

/** Every call that an SDK's client makes. */
export function clientOf(call: Call): ECRClient {
  return {
    send: async (command: { readonly input: unknown }) => {
      const output = await call(command.constructor.name.replace(/Command$/, ''), JSON.parse(JSON.stringify(command.input)));
      const { repository } = output as { repository?: { createdAt: number } };
      return repository === undefined ? output : { repository: { ...repository, createdAt: new Date(repository.createdAt * 1_000) } };
    },
  } as unknown as ECRClient;
}

export function partyOf({ policy, statements }: DeployedConstruct, name: string): Party {
  return { name, owner: policy.owner, statements };
}

/** One delivery of a push's event to a construct's function, in a process of its own, with Lambda's retries. */
export async function deliver(
  handler: HandlerUnderTest, construct: DeployedConstruct, call: Call,
  { repositoryName = NAME, requestId, onAttempt }: { repositoryName?: string; requestId: string; onAttempt?: (attempt: number) => void },
): Promise<Delivery> {
  for (let attempts = 1; attempts <= ATTEMPTS; attempts++) {
    onAttempt?.(attempts);
    try {
      await handler.start(construct.policy, clientOf(call))(failedPush({ repositoryName }), contextOf(requestId));
      return { attempts, isInQueue: false };
    } catch {
      // The next attempt, or the queue.
    }
  }
  return { attempts: ATTEMPTS, isInQueue: true };
}

/** Replays an event from the dead-letter queue. @returns whether the message can be deleted */
export async function redrive(handler: HandlerUnderTest, construct: DeployedConstruct, call: Call, repositoryName = NAME): Promise<boolean> {
  const body = JSON.stringify({ requestContext: { functionArn: `${FUNCTION_ARN}:$LATEST` }, requestPayload: failedPush({ repositoryName }) });
  const record = { messageId: 'message', body } as SQSRecord;
  const result = await handler.start(construct.policy, clientOf(call))({ Records: [record] }, contextOf('redrive'));
  return (result as { batchItemFailures: unknown[] }).batchItemFailures.length === 0;
}

/** A handler for one event. */
export function handlerActor(handler: HandlerUnderTest, construct: DeployedConstruct, requestId: string, delivery: Delivery): Actor {
  return new Actor(partyOf(construct, requestId), async (call, actor) => {
    const { attempts, isInQueue } = await deliver(handler, construct, call, { requestId, onAttempt: attempt => actor.forget(`attempt ${attempt}`) });
    actor.forget(isInQueue ? 'in the queue' : 'done');
    Object.assign(delivery, { attempts, isInQueue });
  });
}

/** Somebody who makes some calls, one after the other, and takes no for an answer. */
export function person(...calls: readonly [action: string, input: object][]): Actor {
  return new Actor({ name: 'a person' }, async call => {
    for (const [action, input] of calls) await call(action, { repositoryName: NAME, ...input }).catch(() => undefined);
  });
}

function contextOf(awsRequestId: string): Context {
  return { awsRequestId, invokedFunctionArn: FUNCTION_ARN } as Context;
}
