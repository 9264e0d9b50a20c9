import { setImmediate } from 'node:timers/promises';
import { roleFor } from './deployment-fixture';
import type { InvocationStart } from './lambda';
import { ECHO, FAILING, invokeConfig, LambdaFixture, LOGS, SEND } from './lambda-fixture';

const fixture = new LambdaFixture();
const create = fixture.create.bind(fixture);

afterEach(async () => fixture.close());
afterAll(() => fixture.remove());

async function ended(pid: number): Promise<void> {
  for (;;) {
    try { process.kill(pid, 0); } catch { return; }
    await setImmediate();
  }
}

describe('an invocation', () => {
  test('sees the environment, context and working directory of Lambda, and nothing of ours', async () => {
    const starts: InvocationStart[] = [];
    const { lambda } = create(ECHO, {
      properties: { MemorySize: 256, Timeout: 30, Environment: { Variables: { MINE: 'value', NUMBER: 1 } } },
      options: { environment: () => ({ AWS_ENDPOINT_URL_ECR: 'http://127.0.0.1:1' }), onStart: start => starts.push(start) },
    });
    const invocation = await lambda.invoke({ name: 'x' });
    const { context, cwd, environment, event } = invocation.payload as Record<string, Record<string, unknown>>;
    expect(invocation).toMatchObject({ cold: true, initMilliseconds: expect.any(Number), milliseconds: expect.any(Number), failure: undefined });
    expect(starts).toEqual([{ requestId: invocation.requestId, cold: true, initMilliseconds: invocation.initMilliseconds }]);
    expect(event).toEqual({ name: 'x' });
    expect(environment).toEqual({
      MINE: 'value',
      NUMBER: '1',
      TZ: ':UTC',
      AWS_ENDPOINT_URL_ECR: 'http://127.0.0.1:1',
      _HANDLER: 'nested/index.handler',
      LAMBDA_TASK_ROOT: cwd,
      AWS_REGION: 'eu-central-1',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: 'f',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_LOG_GROUP_NAME: '/group',
      AWS_LAMBDA_LOG_STREAM_NAME: context.logStreamName,
      AWS_ACCESS_KEY_ID: lambda.session.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: lambda.session.credentials.secretAccessKey,
      AWS_SESSION_TOKEN: lambda.session.credentials.sessionToken,
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/),
    });
    expect(context).toEqual({
      functionName: 'f',
      functionVersion: '$LATEST',
      invokedFunctionArn: lambda.arn,
      memoryLimitInMB: '256',
      awsRequestId: invocation.requestId,
      logGroupName: '/group',
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      remaining: expect.any(Number),
    });
    expect(context.remaining).toBeLessThanOrEqual(30_000);
    expect(context.remaining).toBeGreaterThan(20_000);
  });

  test('is warm after the first, and what is written belongs to its request', async () => {
    const { lambda } = create(ECHO);
    const first = await lambda.invoke({ name: 'one' });
    const second = await lambda.invoke({ name: 'two' });
    expect(second).toMatchObject({ cold: false, payload: { count: 2 } });
    expect(second.initMilliseconds).toBeUndefined();
    expect(lambda.logs.filter(({ stream }) => stream === 'stdout')).toEqual([
      { text: 'loading', stream: 'stdout' },
      { text: 'out one', stream: 'stdout', requestId: first.requestId },
      { text: 'out two', stream: 'stdout', requestId: second.requestId },
    ]);
    expect(lambda.logs.filter(({ stream }) => stream === 'stderr')).toEqual([first, second].map(({ requestId }) => ({ text: 'err', stream: 'stderr', requestId })));
    expect(lambda.invocations).toEqual([first, second]);
  });

  test('runs beside others up to the limit, each in a process of its own', async () => {
    const { lambda } = create(ECHO, { properties: { ReservedConcurrentExecutions: 2 } });
    const invocations = await Promise.all(['a', 'b', 'c', 'd'].map(async name => lambda.invoke({ name })));
    expect(invocations.map(({ cold }) => cold)).toEqual([true, true, false, false]);
    expect(invocations.map(({ payload }) => (payload as { event: object }).event)).toEqual(['a', 'b', 'c', 'd'].map(name => ({ name })));
  });

  test('is not possible where no concurrency is left, and then an event only ages', async () => {
    const { lambda, queue } = create(ECHO, { properties: { ReservedConcurrentExecutions: 0 }, resources: invokeConfig(), statements: [SEND] });
    await expect(lambda.invoke({})).rejects.toThrow('TooManyRequestsException');
    expect(await lambda.invokeAsync({ a: 1 })).toMatchObject({ attempts: [], outcome: 'sentToDestination' });
    const record = JSON.parse(queue.messages[0].body);
    expect(record).toMatchObject({ requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 0 }, requestPayload: { a: 1 } });
    expect(record).not.toHaveProperty('responsePayload');
  });

  test('fails as Lambda says it', async () => {
    const { lambda } = create(FAILING);
    expect((await lambda.invoke({ name: 'name' })).failure).toEqual({
      errorType: 'TypeError', errorMessage: 'no name', trace: expect.arrayContaining(['TypeError: no name']),
    });
    expect(await lambda.invoke({ name: 'name' })).toMatchObject({ cold: false });
  });

  test('fails of anything that is thrown', async () => {
    const { lambda } = create('exports.handler = () => { throw "text"; };');
    expect((await lambda.invoke({})).failure).toEqual({ errorType: 'string', errorMessage: 'text', trace: [] });
  });

  test('fails when the code cannot be loaded, and starts anew the next time', async () => {
    const { lambda } = create('throw new RangeError("broken");');
    expect(await lambda.invoke({})).toMatchObject({ cold: true, failure: { errorType: 'RangeError', errorMessage: 'broken' } });
    expect(await lambda.invoke({})).toMatchObject({ cold: true });
  });

  test('fails when there is no such handler', async () => {
    const { lambda } = create('exports.other = 1;');
    expect((await lambda.invoke({})).failure).toMatchObject({
      errorType: 'Runtime.HandlerNotFound', errorMessage: 'nested/index.handler is undefined or not exported',
    });
  });

  test('fails when the process exits, and the next one is cold', async () => {
    const { lambda } = create('exports.handler = async ({ code }) => { if (code) process.exit(code); return "fine"; };');
    const invocation = await lambda.invoke({ code: 3 });
    expect(invocation.failure).toEqual({
      errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${invocation.requestId} Error: Runtime exited with error: exit status 3`,
    });
    expect(await lambda.invoke({})).toMatchObject({ cold: true, payload: 'fine' });
  });

  test('is cut off at its timeout, with what it wrote until then', async () => {
    const { lambda } = create('exports.handler = async ({ hang }) => { if (hang) { console.log("hanging"); for (;;); } };', { properties: { Timeout: 0.2 } });
    const invocation = await lambda.invoke({ hang: true });
    expect(invocation.failure).toEqual({
      errorType: 'Sandbox.Timedout', errorMessage: `RequestId: ${invocation.requestId} Error: Task timed out after 0.20 seconds`,
    });
    expect(lambda.logs.map(({ text }) => text)).toEqual(['hanging']);
    expect(await lambda.invoke({})).toMatchObject({ cold: true, failure: undefined });
  });

  test.each(['crash', 'timeout'] as const)('can be interrupted by a %s, and the others go on', async by => {
    const { lambda } = create('exports.handler = async ({ hang }) => { console.log(process.env._X_AMZN_TRACE_ID); if (hang) for (;;); return 1; };');
    const hanging = lambda.invoke({ hang: true });
    while (lambda.logs.length === 0) await setImmediate();
    const other = await lambda.invoke({});
    expect(other).toMatchObject({ failure: undefined, payload: 1 });

    await lambda.interrupt(lambda.logs[0].text, by);
    const { failure, requestId } = await hanging;
    expect(failure).toEqual({
      crash: { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: SIGKILL` },
      timeout: { errorType: 'Sandbox.Timedout', errorMessage: `RequestId: ${requestId} Error: Task timed out after 3.00 seconds` },
    }[by]);
    expect(await lambda.invoke({})).toMatchObject({ cold: false, failure: undefined });
    await expect(lambda.interrupt(lambda.logs[0].text, by)).rejects.toThrow('Function: no invocation is traced by Root=1-');
  });

  test('has one trace for all its attempts', async () => {
    const { lambda } = create('exports.handler = async () => { console.log(process.env._X_AMZN_TRACE_ID); throw new Error(); };');
    await lambda.invokeAsync({});
    await lambda.invokeAsync({});
    const [first, second, third, other] = lambda.logs.map(({ text }) => text);
    expect([second, third]).toEqual([first, first]);
    expect(other).not.toBe(first);
  });

  test('is possible again where concurrency is reserved anew', async () => {
    const { lambda } = create(ECHO, { properties: { ReservedConcurrentExecutions: 0 } });
    lambda.reserveConcurrency(1);
    expect(lambda.isThrottled).toBe(false);
    const invocations = await Promise.all([lambda.invoke({ name: 'a' }), lambda.invoke({ name: 'b' })]);
    expect(invocations.map(({ cold }) => cold)).toEqual([true, false]);
    lambda.reserveConcurrency(0);
    await expect(lambda.invoke({})).rejects.toThrow('TooManyRequestsException');
  });

  test('is not possible while the function is deleted', async () => {
    const { lambda } = create(ECHO);
    await lambda.invoke({});
    await lambda.delete();
    expect(lambda.exists).toBe(false);
    await expect(lambda.invoke({})).rejects.toThrow('Function: ResourceNotFoundException: Function not found: arn:aws:lambda:');
    lambda.recreate();
    expect(await lambda.invoke({ name: 'x' })).toMatchObject({ cold: true, failure: undefined });
  });

  test('fails when the Node.js that is to run it does not exist', async () => {
    const { lambda } = create(ECHO, { options: { nodeBinary: '/nowhere/node' } });
    expect((await lambda.invoke({})).failure).toMatchObject({ errorType: 'Runtime.InvalidEntrypoint', errorMessage: 'spawn /nowhere/node ENOENT' });
  });

  test('does not use a process that ended in between', async () => {
    const code = 'exports.handler = async ({ pid }) => { if (pid) process.kill(pid, "SIGKILL"); return process.pid; };';
    const { lambda } = create(code, { options: { concurrency: 2 } });
    const [first, second] = await Promise.all([lambda.invoke({}), lambda.invoke({})]);
    // Whichever is called next, it ends the other one.
    const warm = await lambda.invoke({});
    const other = [first, second].map(({ payload }) => payload).find(pid => pid !== warm.payload);
    await lambda.invoke({ pid: other });
    await ended(Number(other));
    const [third, fourth] = await Promise.all([lambda.invoke({}), lambda.invoke({})]);
    expect([third, fourth].map(({ failure }) => failure)).toEqual([undefined, undefined]);
    expect([third, fourth].map(({ payload }) => payload)).not.toContain(other);
  });

  test('fails after the function is closed', async () => {
    const { lambda } = create(ECHO);
    await lambda.close();
    expect((await lambda.invoke({})).failure).toEqual({ errorType: 'Sandbox.Closed', errorMessage: 'the function is closed' });
  });

  test('fails when the code is not one that can run here', async () => {
    const { lambda } = create(ECHO, { properties: { Runtime: 'python3.13' } });
    await expect(lambda.invoke({})).rejects.toThrow('Function: only Node.js functions whose code is inline or an asset can run here');
  });
});

describe('logs', () => {
  test.each<[string, object[], boolean]>([
    ['both permissions', [LOGS], false],
    ['no permission', [], true],
    ['one permission', [{ ...LOGS, Action: 'logs:PutLogEvents' }], true],
    ['permissions for another group', [{ ...LOGS, Resource: 'arn:aws:logs:eu-central-1:123456789012:log-group:/other:*' }], true],
  ])('with %s: %#', (_, statements, unwritable) => {
    expect(create(ECHO, { statements }).lambda.unwritableLogs).toBe(unwritable);
  });

  test('go to the function\'s own group by default', () => {
    const statements = [{ ...LOGS, Resource: 'arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/f:*' }];
    expect(create(ECHO, { statements, properties: { LoggingConfig: undefined } }).lambda.unwritableLogs).toBe(false);
  });

  test('are empty when they cannot be written', async () => {
    const { lambda } = create(ECHO, { statements: [] });
    await lambda.invoke({ name: 'x' });
    expect(lambda.logs).toEqual([]);
    expect(lambda.output.map(({ text }) => text)).toContain('out x');
  });
});

test('fails when the role does not trust Lambda', () => {
  const resources = { Role: roleFor('ecr.amazonaws.com') };
  expect(() => create(ECHO, { resources })).toThrow('Function: the role defined for the function cannot be assumed by Lambda');
});
