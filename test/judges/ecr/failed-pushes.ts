import { ACCOUNT, type Credentials, ENVIRONMENT, type Moto, ServiceError } from './moto';
import { assumedRoleIdentity, pushEvent } from '../../local-aws/cloudtrail';
import type { JsonObject } from '../../local-aws/json';

/** Who pushes: a role that may push every name. */
export interface Pusher {
  readonly roleArn: string;
  readonly credentials: Credentials;
}

/**
 * Has moto's ECR refuse a push, and makes the event of it that CloudTrail would.
 *
 * @throws if the push is refused for another reason than that there is no repository
 */
export async function failedPush(moto: Moto, { credentials, roleArn }: Pusher, repositoryName: string): Promise<JsonObject> {
  const requestParameters = { registryId: ACCOUNT, repositoryName };
  let refusal: unknown;
  try {
    await moto.call('ecr', 'InitiateLayerUpload', requestParameters, credentials);
  } catch (error) {
    refusal = error;
  }
  if (!(refusal instanceof ServiceError)) throw new Error(`the push to ${repositoryName} was not refused`);
  const call = {
    eventName: 'InitiateLayerUpload',
    errorCode: refusal.code,
    errorMessage: refusal.message,
    requestParameters,
    pusher: 'judge',
    sourceIp: '127.0.0.1',
    userAgent: 'boto3',
    time: new Date(),
  };
  const event = pushEvent(ENVIRONMENT, call, assumedRoleIdentity(ENVIRONMENT, roleArn, 'judge'));
  if (event === undefined || refusal.code !== 'RepositoryNotFoundException') throw refusal;
  return event;
}
