import type { DeployedResource, Deployment } from './cloudformation';
import { eventMatcher } from './event-pattern';
import { isObject, JsonObject, listOf, objectOf, stringOf } from './json';
import type { LambdaFunction } from './lambda';
import type { LostEvent } from './lambda-async';
import type { Queue } from './queue';
import { evaluateForService } from './resource-policy';

/** What became of an event at one target of a rule. */
export interface Delivery {
  readonly rule: DeployedResource;
  readonly targetArn: string;
  readonly outcome: 'delivered' | 'sentToDeadLetterQueue' | 'lost';
  /** Why it could not be delivered. */
  readonly reason?: string;
}

export interface EventBusOptions {
  readonly functions: readonly LambdaFunction[];
  readonly queues: readonly Queue[];
  /** Told of every event, and the rules that it matches. */
  readonly onMatch?: (rules: readonly DeployedResource[], event: JsonObject) => void;
  readonly onDelivery?: (delivery: Delivery, event: JsonObject) => void;
}

const SERVICE = 'events.amazonaws.com';
const TRANSFORMATIONS = ['Input', 'InputPath', 'InputTransformer'];

/** The default event bus with the deployed rules; a target can be a function or a queue. */
export class EventBus {
  readonly lost: LostEvent[] = [];

  constructor(private readonly deployment: Deployment, private readonly options: EventBusOptions) {}

  /**
   * Delivers an event to the targets of every rule that it matches.
   *
   * @returns when the asynchronous invocations that this starts have ended, their retries included
   */
  async put(event: JsonObject): Promise<void> {
    const rules = this.deployment.resources('AWS::Events::Rule').filter(rule => isOnDefaultBus(rule) && isEnabled(rule) && matchesRule(rule, event));
    this.options.onMatch?.(rules, event);
    await Promise.all(rules.flatMap(rule => listOf(rule.properties.Targets).map(async target => this.deliver(rule, objectOf(target), event))));
  }

  private async deliver(rule: DeployedResource, target: JsonObject, event: JsonObject): Promise<void> {
    const targetArn = String(target.Arn);
    const transformation = TRANSFORMATIONS.find(name => target[name] !== undefined);
    if (transformation !== undefined) throw new Error(`${rule.logicalId}: the local AWS does not apply ${transformation}`);

    const lambda = this.options.functions.find(({ arn, exists }) => arn === targetArn && exists);
    const queue = this.options.queues.find(({ arn }) => arn === targetArn);
    if (lambda !== undefined && this.mayInvoke(rule, lambda)) {
      this.options.onDelivery?.({ rule, targetArn, outcome: 'delivered' }, event);
      await lambda.invokeAsync(event);
    } else if (queue?.isSendAllowed({ service: SERVICE, sourceArn: rule.arn }) === true) {
      queue.send(JSON.stringify(event));
      this.options.onDelivery?.({ rule, targetArn, outcome: 'delivered' }, event);
    } else if (lambda === undefined && queue === undefined) {
      this.giveUp(rule, target, event, 'RESOURCE_NOT_FOUND', 'the target is no function or queue of the deployment');
    } else {
      this.giveUp(rule, target, event, 'NO_PERMISSIONS', `the target does not let the rule ${lambda === undefined ? 'send to' : 'invoke'} it`);
    }
  }

  private mayInvoke(rule: DeployedResource, lambda: LambdaFunction): boolean {
    const statements = this.deployment.resources('AWS::Lambda::Permission')
      .filter(({ properties: { FunctionName: name } }) => [lambda.arn, lambda.name].includes(String(name)))
      .map(({ properties: { Action: action, Principal: principal, SourceArn: sourceArn, SourceAccount: sourceAccount } }) => ({
        Effect: 'Allow' as const,
        Principal: { Service: String(principal) },
        Action: String(action),
        Resource: lambda.arn,
        Condition: {
          ...(sourceArn !== undefined && { ArnLike: { 'aws:SourceArn': sourceArn } }),
          ...(sourceAccount !== undefined && { StringEquals: { 'aws:SourceAccount': sourceAccount } }),
        },
      }));
    const request = { action: 'lambda:InvokeFunction', resource: lambda.arn, context: {} };
    return evaluateForService(statements, { service: SERVICE, sourceArn: rule.arn }, request) === 'allowed';
  }

  /** @param code As EventBridge puts it; AWS documents no list of them. */
  private giveUp(rule: DeployedResource, target: JsonObject, event: JsonObject, code: string, reason: string): void {
    const targetArn = String(target.Arn);
    const deadLetterArn = stringOf(objectOf(target.DeadLetterConfig).Arn);
    const queue = this.options.queues.find(({ arn }) => arn === deadLetterArn);
    if (queue?.isSendAllowed({ service: SERVICE, sourceArn: rule.arn }) === true) {
      queue.send(JSON.stringify(event), { RULE_ARN: rule.arn ?? '', TARGET_ARN: targetArn, ERROR_CODE: code, ERROR_MESSAGE: reason });
      this.options.onDelivery?.({ rule, targetArn, outcome: 'sentToDeadLetterQueue', reason }, event);
      return;
    }
    const why = deadLetterArn === undefined
      ? 'there is no dead-letter queue'
      : `the dead-letter queue ${deadLetterArn} does not let the rule send to it`;
    this.lost.push({ event, reason: `${reason}, and ${why}` });
    this.options.onDelivery?.({ rule, targetArn, outcome: 'lost', reason: `${reason}, and ${why}` }, event);
  }
}

function isOnDefaultBus({ properties: { EventBusName: bus } }: DeployedResource): boolean {
  return bus === undefined || bus === 'default' || String(bus).endsWith(':event-bus/default');
}

/** A rule can also ask for the read-only calls, of which no event is ever put here. */
function isEnabled({ properties: { State: state } }: DeployedResource): boolean {
  return state === undefined || String(state).startsWith('ENABLED');
}

/** A rule without a pattern has a schedule. */
function matchesRule({ properties: { EventPattern: pattern } }: DeployedResource, event: JsonObject): boolean {
  return isObject(pattern) && eventMatcher(pattern)(event);
}
