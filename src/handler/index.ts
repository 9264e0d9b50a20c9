import { ECRClient } from '@aws-sdk/client-ecr';
import type { Context } from 'aws-lambda';
import { loadConfiguration } from './configuration';
import { handlePushEvent } from './handle-push-event';

// Made once for all events that this process serves.
const configuration = loadConfiguration(process.env, __dirname);
const client = new ECRClient({
  // A connection that hangs is given up and tried again while the function's default timeout still allows three attempts.
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 6_000, throwOnRequestTimeout: true },
});

export async function handler(event: unknown, context?: Context): Promise<void> {
  await handlePushEvent(event, context?.awsRequestId, configuration, client);
}
