import { ECRClient } from '@aws-sdk/client-ecr';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { loadConfiguration } from './configuration';
import { handlePushEvent } from './handle-push-event';
import { RecentCreations } from './recent-creations';
import { isQueueBatch, redrive } from './redrive';

// Made once for all events that this process serves.
const configuration = loadConfiguration(process.env, __dirname);
const client = new ECRClient({
  // A connection that hangs is given up and tried again while the function's default timeout still allows three attempts.
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 6_000, throwOnRequestTimeout: true },
});
const recent = new RecentCreations();

/** Takes an EventBridge event, or a batch from the dead-letter queue. */
export async function handler(event: unknown, context?: Context): Promise<SQSBatchResponse | void> {
  if (isQueueBatch(event)) return redrive(event.Records, context, configuration, client);
  await handlePushEvent(event, { requestId: context?.awsRequestId }, configuration, client, recent);
}
