import { ECHO, FAILING, invokeConfig, LambdaFixture, LambdaSetting, LOGS, SEND } from './lambda-fixture';

const fixture = new LambdaFixture();
const create = fixture.create.bind(fixture);

afterEach(async () => fixture.close());
afterAll(() => fixture.remove());

describe('an asynchronous invocation', () => {
  test('that succeeds is tried once', async () => {
    const { lambda, queue } = create(ECHO, { resources: invokeConfig() });
    expect(await lambda.invokeAsync({ name: 'x' })).toMatchObject({ outcome: 'succeeded', attempts: [{ payload: { count: 1 } }] });
    expect(queue.messages).toEqual([]);
    expect(lambda.lost).toEqual([]);
  });

  test('that fails is tried three times with one request id, then goes to the destination', async () => {
    const destinations: string[] = [];
    const { lambda, queue } = create(FAILING, {
      resources: invokeConfig(), statements: [LOGS, SEND], options: { onDestination: ({ logicalId }) => destinations.push(logicalId) },
    });
    const { attempts, outcome, requestId } = await lambda.invokeAsync({ name: 'luck' });
    expect(outcome).toBe('sentToDestination');
    expect(attempts.map(attempt => attempt.requestId)).toEqual([requestId, requestId, requestId]);
    expect(lambda.logs.map(({ text }) => text)).toEqual([requestId, requestId, requestId]);
    expect(queue.messages.map(({ body }) => JSON.parse(body))).toEqual([{
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      requestContext: { requestId, functionArn: `${lambda.arn}:$LATEST`, condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { name: 'luck' },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'TypeError', errorMessage: 'no luck', trace: expect.arrayContaining(['TypeError: no luck']) },
    }]);
    expect(destinations).toEqual(['Queue']);
  });

  test('is not retried more often than configured', async () => {
    const { lambda } = create(FAILING, { resources: invokeConfig({ MaximumRetryAttempts: 0 }), statements: [SEND] });
    expect(await lambda.invokeAsync({})).toMatchObject({ attempts: [{}], outcome: 'sentToDestination' });
    expect(lambda.invocations).toHaveLength(1);
  });

  test('is given up when the next attempt would come too late', async () => {
    const attempts = async (MaximumEventAgeInSeconds: number) => {
      const { lambda, queue } = create(FAILING, { resources: invokeConfig({ MaximumEventAgeInSeconds }), statements: [SEND] });
      await lambda.invokeAsync({});
      return JSON.parse(queue.messages[0].body).requestContext;
    };
    expect(await attempts(60)).toMatchObject({ condition: 'EventAgeExceeded', approximateInvokeCount: 1 });
    expect(await attempts(120)).toMatchObject({ condition: 'EventAgeExceeded', approximateInvokeCount: 2 });
    expect(await attempts(300)).toMatchObject({ condition: 'RetriesExhausted', approximateInvokeCount: 3 });
  });

  test('is given up when there is no room for it in time', async () => {
    let now = 0;
    const { lambda, queue } = create('exports.handler = async ({ name }) => new Promise(resolve => setTimeout(resolve, 100, name));', {
      properties: { ReservedConcurrentExecutions: 1 },
      resources: invokeConfig({ MaximumEventAgeInSeconds: 60 }),
      statements: [SEND],
      options: { clock: () => now, onStart: () => { now += 59_999; } },
    });
    const outcomes = await Promise.all(['a', 'b', 'c'].map(async name => lambda.invokeAsync({ name })));
    expect(outcomes).toMatchObject([
      { outcome: 'succeeded', attempts: [{ payload: 'a' }] },
      { outcome: 'succeeded', attempts: [{ payload: 'b' }] },
      { outcome: 'sentToDestination', attempts: [] },
    ]);
    expect(queue.messages.map(({ body }) => JSON.parse(body))).toMatchObject([
      { requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 0 }, requestPayload: { name: 'c' } },
    ]);
  });

  test('waits between attempts, scaled', async () => {
    const { lambda } = create(FAILING, { options: { retryWaitFactor: 0.001 } });
    const started = performance.now();
    await lambda.invokeAsync({});
    expect(performance.now() - started).toBeGreaterThanOrEqual(175);
  });

  test.each<[string, LambdaSetting, string]>([
    ['there is no destination', {}, 'RetriesExhausted, and there is no on-failure destination'],
    ['the configuration is for another version', { resources: invokeConfig({ Qualifier: '1' }) }, 'RetriesExhausted, and there is no on-failure destination'],
    ['the role may not send', { resources: invokeConfig() }, 'is not authorized to send to the on-failure destination arn:aws:sqs:'],
    [
      'the destination is elsewhere',
      { resources: invokeConfig({ DestinationConfig: { OnFailure: { Destination: 'arn:x' } } }) },
      'RetriesExhausted, and the on-failure destination arn:x is no queue of the deployment',
    ],
  ])('is lost when %s', async (_, setting, reason) => {
    const told: unknown[] = [];
    const { lambda, queue } = create(FAILING, { ...setting, options: { onLost: lost => told.push(lost) } });
    expect(await lambda.invokeAsync({ name: 'x' })).toMatchObject({ outcome: 'lost' });
    expect(lambda.lost).toEqual([{ event: { name: 'x' }, reason: expect.stringContaining(reason) }]);
    expect(told).toEqual(lambda.lost);
    expect(queue.messages).toEqual([]);
  });

  test('is lost when the function is closed while it waits for a retry', async () => {
    let failed = (): void => undefined;
    const failure = new Promise<void>(resolve => { failed = resolve; });
    const { lambda } = create(FAILING, { options: { retryWaitFactor: 1, onInvocation: () => failed() } });
    const outcome = lambda.invokeAsync({});
    await failure;
    await lambda.close();
    expect(await outcome).toMatchObject({ outcome: 'lost', attempts: [{}] });
    expect(lambda.lost).toMatchObject([{ reason: 'the function was closed while the event waited for a retry' }]);
  });
});
