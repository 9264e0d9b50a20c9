import { isDeepStrictEqual } from 'node:util';
import { type JsonObject, objectOf } from '../local-aws/json';
import type { QueueMessage } from '../local-aws/queue';

/** What is wrong with the record of an event whose attempts failed: it must hold all that a replay needs, and say why it is there. */
export function failedProblems(message: QueueMessage, events: readonly JsonObject[], attempts: number, errorType?: string): string[] {
  const { responsePayload } = objectOf(JSON.parse(message.body));
  const { errorMessage, errorType: type } = objectOf(responsePayload);
  return [
    ...recordProblems(message, events, 'RetriesExhausted', attempts),
    ...typeof errorMessage === 'string' && errorMessage !== '' ? [] : ['a dead letter does not say what went wrong'],
    ...typeof type === 'string' && type !== '' && (errorType ?? type) === type ? [] : [`a dead letter tells of ${String(type)}, and not of ${errorType}`],
  ];
}

/** What is wrong with the record of an event that Lambda has taken and never tried. */
export function agedProblems(message: QueueMessage, events: readonly JsonObject[]): string[] {
  return recordProblems(message, events, 'EventAgeExceeded', 0);
}

/** What is wrong with an event that EventBridge could not deliver. */
export function undeliveredProblems({ attributes, body }: QueueMessage, events: readonly JsonObject[], errorCode: string): string[] {
  const missing = ['RULE_ARN', 'TARGET_ARN', 'ERROR_MESSAGE'].filter(name => (attributes[name] ?? '') === '');
  return [
    ...events.some(event => isDeepStrictEqual(event, JSON.parse(body))) ? [] : ['a dead letter is not the event'],
    ...attributes.ERROR_CODE === errorCode ? [] : [`a dead letter has the ERROR_CODE ${attributes.ERROR_CODE}, and not ${errorCode}`],
    ...missing.map(name => `a dead letter has no ${name}`),
  ];
}

function recordProblems({ body }: QueueMessage, events: readonly JsonObject[], condition: string, attempts: number): string[] {
  const { requestContext, requestPayload } = objectOf(JSON.parse(body));
  const { approximateInvokeCount, condition: said, functionArn } = objectOf(requestContext);
  return [
    ...events.some(event => isDeepStrictEqual(event, requestPayload)) ? [] : ['a dead letter does not hold the event'],
    ...said === condition && approximateInvokeCount === attempts ? [] : [`a dead letter tells of ${String(approximateInvokeCount)} attempts (${String(said)})`],
    ...typeof functionArn === 'string' ? [] : ['a dead letter does not name its function'],
  ];
}
