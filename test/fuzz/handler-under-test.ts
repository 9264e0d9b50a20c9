import type { ECRClient } from '@aws-sdk/client-ecr';
import type { Context } from 'aws-lambda';
import type { Policy } from './contract';
import { ENVIRONMENT, loadConfiguration } from '../../src/handler/configuration';
import { handlePushEvent } from '../../src/handler/handle-push-event';
import { RecentCreations } from '../../src/handler/recent-creations';
import { isQueueBatch, redrive } from '../../src/handler/redrive';

/** The function's entry. */
export type Entry = (event: unknown, context: Context) => Promise<unknown>;

/** Starts processes of the function, each with its policy and its client given. */
export interface HandlerUnderTest {
  start(policy: Policy, client: ECRClient): Entry;
}

/** The modules that the entry puts together. */
export interface HandlerModules {
  readonly handlePushEvent: typeof handlePushEvent;
  readonly isQueueBatch: typeof isQueueBatch;
  readonly loadConfiguration: typeof loadConfiguration;
  readonly RecentCreations: typeof RecentCreations;
  readonly redrive: typeof redrive;
}

/** Puts modules together as the entry does. The entry itself, which has policy and client from its process, is run as the bundle. */
export function assemble(modules: HandlerModules): HandlerUnderTest {
  return {
    start: (policy, client) => {
      const configuration = modules.loadConfiguration({ [ENVIRONMENT.CONFIGURATION]: JSON.stringify(policy) }, '');
      const recent = new modules.RecentCreations();
      return async (event, context) => {
        if (modules.isQueueBatch(event)) return modules.redrive(event.Records, context, configuration, client);
        await modules.handlePushEvent(event, { requestId: context.awsRequestId }, configuration, client, recent);
        return undefined;
      };
    },
  };
}

export const HANDLER = assemble({ handlePushEvent, isQueueBatch, loadConfiguration, RecentCreations, redrive });
