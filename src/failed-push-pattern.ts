import { Annotations, Stack } from 'aws-cdk-lib';
import type { EventPattern } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { FAILED_PUSH_EVENTS, PUSH_ERROR_CODE, PUSH_EVENT_SOURCE } from './handler/push-event';
import { atLongest } from './token-lengths';

// A quota that can be raised: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
const MAX_PATTERN_LENGTH = 2_048;

/**
 * Matches pushes to this account's registry in this Region that failed because the repository does not exist.
 *
 * Names outside the prefixes then cost no invocation. With more prefixes than a pattern can hold, the handler alone refuses them.
 */
export function failedPushPattern(scope: Construct, allowedPrefixes: string[] | undefined): EventPattern {
  const stack = Stack.of(scope);
  if (allowedPrefixes === undefined) return pattern(stack);

  const withNames = pattern(stack, allowedPrefixes);
  const { detailType, ...others } = withNames;
  const length = atLongest(stack, JSON.stringify({ ...others, 'detail-type': detailType })).length;
  if (length <= MAX_PATTERN_LENGTH) return withNames;

  Annotations.of(scope).addInfoV2('cdk-ecr-auto-create:prefixesNotInPattern',
    `allowedPrefixes make an event pattern of up to ${length} characters, and EventBridge takes ${MAX_PATTERN_LENGTH}: the rule matches every name, and the handler refuses those that are not allowed`);
  return pattern(stack);
}

function pattern(stack: Stack, prefixes?: string[]): EventPattern {
  return {
    source: [PUSH_EVENT_SOURCE],
    detailType: ['AWS API Call via CloudTrail'],
    account: [stack.account],
    region: [stack.region],
    detail: {
      eventSource: ['ecr.amazonaws.com'],
      eventName: FAILED_PUSH_EVENTS,
      errorCode: [PUSH_ERROR_CODE],
      requestParameters: {
        // AWS does not document that every push names its registry.
        registryId: [stack.account, { exists: false }],
        ...(prefixes && { repositoryName: prefixes.map(prefix => ({ prefix })) }),
      },
    },
  };
}
