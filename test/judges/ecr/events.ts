import { type JsonObject, listOf, objectOf } from '../../local-aws/json';
import type { Verdict } from '../verdict';
import type { ConstructCase } from './apps';
import type { DeployedFunction } from './deployed-function';
import type { Deployments } from './deployments';
import { failedPush, type Pusher } from './failed-pushes';
import type { Moto } from './moto';

/** A bus of its own: on the default one, moto would have to run the function, for which it wants Docker. */
const BUS = 'judge';

/** moto's own, with the account, which moto leaves out of what it delivers. */
const EVENT_FIELDS = ['account', 'detail', 'detail-type', 'id', 'region', 'resources', 'source'];
const INPUT = {
  InputPathsMap: Object.fromEntries(EVENT_FIELDS.map(field => [field, `$.${field}`])),
  InputTemplate: `{${EVENT_FIELDS.map(field => `"${field}": ${['detail', 'resources'].includes(field) ? `<${field}>` : `"<${field}>"`}`).join(', ')}, "version": "0"}`,
};

/** Why an event of a failed push is not one for the rule. */
const OTHER_EVENTS: Readonly<Record<string, (detail: JsonObject) => JsonObject>> = {
  'another operation': detail => ({ ...detail, eventName: 'BatchCheckLayerAvailability' }),
  'another error': detail => ({ ...detail, errorCode: 'AccessDenied' }),
  'no error': ({ eventName, eventSource, requestParameters }) => ({ eventName, eventSource, requestParameters }),
  'another service': detail => ({ ...detail, eventSource: 'ecr-public.amazonaws.com' }),
  'another registry': detail => ({ ...detail, requestParameters: { ...objectOf(detail.requestParameters), registryId: '111122223333' } }),
};

/** Those that are, too. */
const SAME_EVENTS: typeof OTHER_EVENTS = {
  'the first call of a push without layers': detail => ({ ...detail, eventName: 'PutImage' }),
  'no registry': detail => ({ ...detail, requestParameters: { repositoryName: objectOf(detail.requestParameters).repositoryName } }),
};

/** Puts events on a bus of moto's, where moto's matcher decides by the deployed rule's pattern, and gives the function what it delivers. */
export class EventJudge {
  static async prepare(
    verdict: Verdict, moto: Moto, deployments: Deployments, deployed: DeployedFunction, construct: ConstructCase,
  ): Promise<EventJudge> {
    const about = `${construct.stackName}/${construct.id}`;
    const name = `judge-${construct.stackName}-${construct.id}`;
    if (await moto.errorOf('events', 'DescribeEventBus', { Name: BUS }) !== undefined) await moto.call('events', 'CreateEventBus', { Name: BUS });
    const { physicalId: rule } = deployments.only('AWS::Events::Rule', construct);
    const { EventPattern } = await moto.call('events', 'DescribeRule', { Name: rule });
    const { QueueUrl } = await moto.call('sqs', 'CreateQueue', { QueueName: name });
    const { Attributes: attributes } = await moto.call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['QueueArn'] });
    await moto.call('events', 'PutRule', { Name: name, EventBusName: BUS, EventPattern });
    await moto.call('events', 'PutTargets', { Rule: name, EventBusName: BUS, Targets: [{ Id: 'queue', Arn: objectOf(attributes).QueueArn, InputTransformer: INPUT }] });
    return new EventJudge(verdict, moto, deployed, String(QueueUrl), about);
  }

  private constructor(
    private readonly verdict: Verdict, private readonly moto: Moto, private readonly deployed: DeployedFunction, private readonly queueUrl: string,
    private readonly about: string,
  ) {}

  /** @param hasNames whether the names are in the pattern */
  async judge(pusher: Pusher, construct: ConstructCase, hasNames: boolean): Promise<void> {
    const name = `${Object.keys(construct.creates)[0]}-event`;
    const event = await failedPush(this.moto, pusher, name);
    const detail = objectOf(event.detail);
    for (const [what, change] of Object.entries(OTHER_EVENTS)) await this.expect(`${what}, ${name}`, { ...event, detail: change(detail) }, false);
    await this.expect(`another source, ${name}`, { ...event, source: 'ecr.test' }, false);
    for (const [what, change] of Object.entries(SAME_EVENTS)) await this.expect(`${what}, ${name}`, { ...event, detail: change(detail) }, true);
    for (const [rejected, reason] of Object.entries(construct.rejects)) {
      await this.expect(rejected, await failedPush(this.moto, pusher, rejected), reason !== 'NotAllowedPrefix' || !hasNames);
    }
    const delivered = await this.expect(name, event, true);
    const { failure, lines } = await this.deployed.run(delivered);
    this.verdict.check('handler runs', failure === undefined && lines[0]?.outcome === 'created' && lines[0].repositoryName === name,
      () => `${this.about}: the event as moto delivers it ends in ${JSON.stringify({ failure, lines })}`);
  }

  private async expect(what: string, event: JsonObject, matches: boolean): Promise<unknown> {
    const entry = { EventBusName: BUS, Source: event.source, DetailType: event['detail-type'], Detail: JSON.stringify(event.detail) };
    await this.moto.call('events', 'PutEvents', { Entries: [entry] });
    const { Messages } = await this.moto.call('sqs', 'ReceiveMessage', { QueueUrl: this.queueUrl });
    const messages = listOf(Messages).map(objectOf);
    for (const { ReceiptHandle } of messages) await this.moto.call('sqs', 'DeleteMessage', { QueueUrl: this.queueUrl, ReceiptHandle });
    this.verdict.check('events matched', messages.length === (matches ? 1 : 0), () => `${this.about}: ${what}: moto's rule ${matches ? 'does not match' : 'matches'}`);
    return messages.length > 0 ? JSON.parse(String(messages[0].Body)) : undefined;
  }
}
