import type { TemplateResource } from './cloud-assembly';
import { arnOf, deployResources, roleFor } from './deployment-fixture';
import { Delivery, EventBus } from './event-bus';
import { LambdaFunction } from './lambda';
import { Queue } from './queue';

const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:f';
const EVENT = { source: 'aws.ecr', detail: { eventName: 'PutImage' } };

const role = roleFor('lambda.amazonaws.com');
const lambda: TemplateResource = { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'f', Role: arnOf('Role') } };
const queue: TemplateResource = { Type: 'AWS::SQS::Queue' };

function permission(properties: object = {}): TemplateResource {
  return {
    Type: 'AWS::Lambda::Permission',
    Properties: { Action: 'lambda:InvokeFunction', FunctionName: arnOf('Function'), Principal: 'events.amazonaws.com', SourceArn: arnOf('Rule'), ...properties },
  };
}

function rule(properties: object = {}, target: object = {}): TemplateResource {
  return {
    Type: 'AWS::Events::Rule',
    Properties: { EventPattern: { source: ['aws.ecr'] }, State: 'ENABLED', Targets: [{ Id: 'Target0', Arn: arnOf('Function'), ...target }], ...properties },
  };
}

function queuePolicy(queueId: string, sourceArn: unknown = arnOf('Rule')): TemplateResource {
  const statement = {
    Effect: 'Allow',
    Action: 'sqs:SendMessage',
    Resource: arnOf(queueId),
    Principal: { Service: 'events.amazonaws.com' },
    Condition: { ArnEquals: { 'aws:SourceArn': sourceArn } },
  };
  return { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [{ Ref: queueId }], PolicyDocument: { Statement: [statement] } } };
}

type Prepare = (deployed: LambdaFunction) => Promise<void>;

async function put(resources: Record<string, TemplateResource>, event: Record<string, unknown> = EVENT, prepare?: Prepare) {
  const deployment = deployResources({ Role: role, Function: lambda, Queue: queue, ...resources });
  const queues = deployment.resources('AWS::SQS::Queue').map(resource => new Queue(deployment, resource));
  const functions = deployment.resources('AWS::Lambda::Function').map(resource => new LambdaFunction(deployment, resource, { queues }));
  const invoked = jest.spyOn(functions[0], 'invokeAsync').mockResolvedValue({ requestId: '', attempts: [], outcome: 'succeeded' });
  await prepare?.(functions[0]);
  const deliveries: Delivery[] = [];
  const matched: string[][] = [];
  const bus = new EventBus(deployment, {
    functions,
    queues,
    onMatch: rules => matched.push(rules.map(({ logicalId }) => logicalId)),
    onDelivery: delivery => deliveries.push(delivery),
  });
  await bus.put(event);
  return {
    invoked: invoked.mock.calls.map(([received]) => received),
    deliveries: deliveries.map(({ outcome }) => outcome),
    matched,
    messages: queues[0].messages.map(({ attributes, body }) => ({ attributes, event: JSON.parse(body) })),
    lost: bus.lost,
  };
}

describe('a rule whose pattern matches', () => {
  test.each<[string, object]>([
    ['enabled', {}],
    ['enabled by default', { State: undefined }],
    ['enabled for all management events', { State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' }],
    ['on the default bus by name', { EventBusName: 'default' }],
    ['on the default bus by ARN', { EventBusName: 'arn:aws:events:eu-central-1:123456789012:event-bus/default' }],
  ])('delivers to the function: %s', async (_, properties) => {
    expect(await put({ Rule: rule(properties), Permission: permission() }))
      .toEqual({ invoked: [EVENT], deliveries: ['delivered'], matched: [['Rule']], messages: [], lost: [] });
  });

  test.each<[string, object]>([
    ['disabled', { State: 'DISABLED' }],
    ['on another bus', { EventBusName: 'mine' }],
    ['with a schedule', { EventPattern: undefined, ScheduleExpression: 'rate(1 day)' }],
    ['with another pattern', { EventPattern: { source: ['aws.ec2'] } }],
  ])('does nothing: %s', async (_, properties) => {
    expect(await put({ Rule: rule(properties), Permission: permission() }))
      .toEqual({ invoked: [], deliveries: [], matched: [[]], messages: [], lost: [] });
  });

  test('delivers to every target of every rule', async () => {
    const targets = [{ Id: '0', Arn: arnOf('Function') }, { Id: '1', Arn: arnOf('Queue') }];
    const { deliveries, invoked, messages } = await put({
      Rule: rule({ Targets: targets }),
      Second: rule(),
      Permission: permission(),
      SecondPermission: permission({ SourceArn: arnOf('Second') }),
      Policy: queuePolicy('Queue'),
    });
    expect(deliveries).toEqual(['delivered', 'delivered', 'delivered']);
    expect(invoked).toEqual([EVENT, EVENT]);
    expect(messages).toEqual([{ attributes: {}, event: EVENT }]);
  });
});

describe('a function', () => {
  test.each<[string, TemplateResource | undefined, boolean]>([
    ['for the rule', permission(), true],
    ['by the function\'s name', permission({ FunctionName: 'f' }), true],
    ['for any rule', permission({ SourceArn: undefined }), true],
    ['for rules with a wildcard', permission({ SourceArn: 'arn:aws:events:eu-central-1:123456789012:rule/*' }), true],
    ['for the account', permission({ SourceArn: undefined, SourceAccount: '123456789012' }), true],
    ['for another account', permission({ SourceAccount: '111122223333' }), false],
    ['for another rule', permission({ SourceArn: 'arn:aws:events:eu-central-1:123456789012:rule/other' }), false],
    ['for another function', permission({ FunctionName: `${FUNCTION_ARN}2` }), false],
    ['for another service', permission({ Principal: 's3.amazonaws.com' }), false],
    ['for another action', permission({ Action: 'lambda:GetFunction' }), false],
    ['missing', undefined, false],
  ])('is invoked by permission %s: %#', async (_, given, allowed) => {
    const { invoked, lost } = await put({ Rule: rule(), ...(given && { Permission: given }) });
    expect(invoked).toEqual(allowed ? [EVENT] : []);
    expect(lost).toEqual(allowed ? [] : [{ event: EVENT, reason: 'the target does not let the rule invoke it, and there is no dead-letter queue' }]);
  });
});

describe('what cannot be delivered', () => {
  const deadLetter = { DeadLetterConfig: { Arn: arnOf('Queue') } };

  test('goes to the dead-letter queue', async () => {
    const { deliveries, lost, messages } = await put({ Rule: rule({ Name: 'r' }, deadLetter), Policy: queuePolicy('Queue') });
    expect(messages).toEqual([{
      event: EVENT,
      attributes: {
        RULE_ARN: 'arn:aws:events:eu-central-1:123456789012:rule/r',
        TARGET_ARN: FUNCTION_ARN,
        ERROR_CODE: 'NO_PERMISSIONS',
        ERROR_MESSAGE: 'the target does not let the rule invoke it',
      },
    }]);
    expect(deliveries).toEqual(['sentToDeadLetterQueue']);
    expect(lost).toEqual([]);
  });

  test('goes there too when the function was deleted', async () => {
    const resources = { Rule: rule({}, deadLetter), Permission: permission(), Policy: queuePolicy('Queue') };
    const { deliveries, invoked, messages } = await put(resources, EVENT, async deployed => deployed.delete());
    expect(messages).toMatchObject([{ event: EVENT, attributes: { ERROR_CODE: 'RESOURCE_NOT_FOUND', TARGET_ARN: FUNCTION_ARN } }]);
    expect(deliveries).toEqual(['sentToDeadLetterQueue']);
    expect(invoked).toEqual([]);
  });

  test.each<[string, Record<string, TemplateResource>]>([
    ['has no policy', {}],
    ['lets only another rule send', { Policy: queuePolicy('Queue', 'arn:aws:events:eu-central-1:123456789012:rule/other') }],
  ])('is lost when the dead-letter queue %s', async (_, resources) => {
    const { deliveries, lost, messages } = await put({ Rule: rule({}, deadLetter), ...resources });
    expect(messages).toEqual([]);
    expect(deliveries).toEqual(['lost']);
    expect(lost).toEqual([{
      event: EVENT,
      reason: expect.stringMatching(/^the target does not let .*, and the dead-letter queue arn:aws:sqs:\S+ does not let the rule send to it$/),
    }]);
  });

  test('is lost when the target is a queue that does not let the rule send', async () => {
    const { lost } = await put({ Rule: rule({}, { Arn: arnOf('Queue') }) });
    expect(lost).toEqual([{ event: EVENT, reason: 'the target does not let the rule send to it, and there is no dead-letter queue' }]);
  });

  test('is lost when the target is something else', async () => {
    const { lost } = await put({ Rule: rule({}, { Arn: 'arn:aws:sns:eu-central-1:123456789012:topic' }) });
    expect(lost).toEqual([{ event: EVENT, reason: 'the target is no function or queue of the deployment, and there is no dead-letter queue' }]);
  });
});

test('fails when the target transforms the event', async () => {
  await expect(put({ Rule: rule({}, { InputPath: '$.detail' }), Permission: permission() })).rejects.toThrow('Rule: the local AWS does not apply InputPath');
});
