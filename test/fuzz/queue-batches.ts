import * as fc from 'fast-check';
import { FUNCTION_ARN } from './check-case';
import { anyJson, expand, hostileText, toJsonText } from './json-text';
import type { JsonObject } from './push-events';

type MessageFor = (event: unknown) => JsonObject;

const OTHER_FUNCTION = `${FUNCTION_ARN}-of-another`;

/** What EventBridge writes when it cannot deliver. */
const undelivered = (targetArn: unknown): MessageFor => event => ({
  body: toJsonText(event),
  messageAttributes: { TARGET_ARN: { stringValue: targetArn, dataType: 'String' }, ERROR_CODE: { stringValue: 'NO_PERMISSIONS', dataType: 'String' } },
});

/** What Lambda writes when the function fails. */
const failed = (functionArn: unknown): MessageFor => event => ({
  body: toJsonText({
    version: '1.0',
    requestContext: { requestId: 'r', functionArn, condition: 'RetriesExhausted', approximateInvokeCount: 3 },
    requestPayload: event,
    responsePayload: { errorType: 'AccessDeniedException' },
  }),
  messageAttributes: {},
});

const bare: MessageFor = event => ({ body: toJsonText(event), messageAttributes: {} });

const own = fc.constantFrom(undelivered(FUNCTION_ARN), failed(`${FUNCTION_ARN}:$LATEST`), failed(FUNCTION_ARN), bare);
const others = fc.constantFrom(
  undelivered(OTHER_FUNCTION), failed(`${OTHER_FUNCTION}:$LATEST`), undelivered('arn:aws:sqs:eu-central-1:123456789012:queue'), failed(''),
  undelivered(FUNCTION_ARN.slice(0, -1)),
);
const odd: fc.Arbitrary<MessageFor> = fc.oneof(
  hostileText.map((text): MessageFor => () => ({ body: expand(text), messageAttributes: {} })),
  anyJson.map((value): MessageFor => () => ({ body: toJsonText(value), messageAttributes: {} })),
  anyJson.map((body): MessageFor => () => ({ body })),
  anyJson.map((messageAttributes): MessageFor => event => ({ body: toJsonText(event), messageAttributes })),
  anyJson.map(target => undelivered(target)),
  anyJson.map(functionArn => failed(functionArn)),
  anyJson.map((requestContext): MessageFor => event => ({ body: toJsonText({ requestContext, requestPayload: event }), messageAttributes: {} })),
  anyJson.map((requestPayload): MessageFor => () => ({ body: toJsonText({ requestContext: { functionArn: FUNCTION_ARN }, requestPayload }) })),
  fc.constant<MessageFor>(event => ({ body: toJsonText({ requestContext: { functionArn: FUNCTION_ARN }, payload: event }) })),
  fc.constant<MessageFor>(event => ({ body: toJsonText(event).slice(0, -1), messageAttributes: {} })),
);

/** A message around an event, of both shapes, of others, and of nobody. */
export const message = fc.oneof({ weight: 6, arbitrary: own }, { weight: 2, arbitrary: others }, { weight: 2, arbitrary: odd });

/** What SQS never delivers, and whoever may invoke the function can. */
export const forgedRecord: fc.Arbitrary<unknown> = fc.oneof(
  anyJson.filter(value => !(typeof value === 'string' && value.includes('deep'))),
  fc.tuple(fc.oneof(fc.constantFrom<unknown>(null, 0, {}, [], { _aws: {} }), hostileText), hostileText)
    .map(([messageId, body]) => ({ messageId, body })),
  hostileText.map(body => ({ body })),
);
