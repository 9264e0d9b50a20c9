import type { AccessControl } from './access-control';
import type { CreationTemplatesOptions } from './creation-templates';
import type { EventBusOptions } from './event-bus';
import { listOf, objectOf } from './json';
import type { LambdaOptions } from './lambda';
import type { EndedCall } from './local-ecr';
import type { PushCall } from './oci-registry';
import type { Timeline } from './timeline';

type Hooks<T, K extends keyof T> = Required<Pick<T, K>>;
type LambdaHooks = Hooks<LambdaOptions, 'onStart' | 'onInvocation' | 'onDestination' | 'onLost'>;

/** What the timeline says of that which happens. */
export class TimelineReports {
  readonly events: Hooks<EventBusOptions, 'onMatch' | 'onDelivery'> = {
    onMatch: (rules, event) => {
      const names = rules.map(({ physicalId }) => physicalId);
      const { eventName } = objectOf(event.detail);
      this.timeline.add('events', names.length > 0 ? `${String(eventName)} matches ${names.join(', ')}` : `${String(eventName)} matches no rule`, {
        rules: rules.map(({ logicalId }) => logicalId), event,
      });
    },
    onDelivery: ({ outcome, reason, rule, targetArn }) => {
      if (outcome === 'delivered') return;
      const place = outcome === 'lost' ? 'nowhere' : 'in the dead-letter queue';
      this.timeline.add(outcome === 'lost' ? 'events' : 'sqs', `the event is ${place}: ${reason}`, { rule: rule.logicalId, targetArn, reason });
    },
  };

  constructor(private readonly timeline: Timeline) {}

  readonly onDecision: NonNullable<ConstructorParameters<typeof AccessControl>[1]> = (decision, { action, resource }, callerArn) => {
    this.timeline.add('iam', `${decision}: ${action} on ${resource}`, { decision, action, resource, callerArn });
  };

  readonly onCreation: CreationTemplatesOptions['onCreation'] = (repositoryName, template, refusal) => {
    const text = refusal === undefined
      ? `${repositoryName} created on push by the template for ${template.physicalId}`
      : `${repositoryName} not created on push by the template for ${template.physicalId}: ${refusal}`;
    this.timeline.add('ecr', text, { repositoryName, template: template.logicalId, refusal });
  };

  onPush({ errorCode, errorMessage, eventName, pusher, requestParameters, userAgent }: PushCall): void {
    const { repositoryName } = requestParameters;
    this.timeline.add('registry', `${eventName} of ${String(repositoryName)} by ${pusher}: ${errorCode}`, {
      repositoryName, eventName, pusher, userAgent, errorCode, errorMessage,
    });
  }

  onCall({ action, caller, error, input }: EndedCall): void {
    const { repositoryName, resourceArn } = objectOf(input);
    const subject = String(repositoryName ?? resourceArn ?? '');
    this.timeline.add('ecr', `${action} ${subject}${error === undefined ? '' : `: ${error.name}`}`, {
      repositoryName, action, caller, input, error: error?.name,
    });
  }

  onEvent(event: object): void {
    const { errorCode, eventName } = objectOf(objectOf(event).detail);
    this.timeline.add('cloudtrail', [eventName, ...listOf(errorCode)].join(': '), { event });
  }

  /** @param logicalId The function's. */
  lambda(logicalId: string): LambdaHooks {
    return {
      onStart: ({ cold, initMilliseconds = 0, requestId }) => {
        this.timeline.add('lambda', `${logicalId} ${cold ? `starts cold, ready in ${Math.round(initMilliseconds)} ms` : 'is warm'}`, {
          function: logicalId, requestId, cold, initMilliseconds,
        });
      },
      onInvocation: ({ failure, milliseconds, payload, requestId }) => {
        const ending = failure === undefined ? 'is done' : `failed (${failure.errorType}: ${failure.errorMessage})`;
        this.timeline.add('lambda', `${logicalId} ${ending} after ${Math.round(milliseconds)} ms`, {
          function: logicalId, requestId, milliseconds, payload, failure,
        });
      },
      onDestination: queue => this.timeline.add('sqs', `the event is in ${queue.logicalId}: its retries are exhausted, or it is too old`, {
        function: logicalId, queue: queue.logicalId,
      }),
      onLost: ({ event, reason }) => this.timeline.add('lambda', `the event is nowhere: ${reason}`, { function: logicalId, event, reason }),
    };
  }
}
