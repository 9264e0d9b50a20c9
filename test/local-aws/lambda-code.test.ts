import { existsSync, readdirSync } from 'node:fs';
import type { TemplateResource } from './cloud-assembly';
import { DeploymentError } from './deployment-error';
import { ECHO, LambdaFixture } from './lambda-fixture';

const fixture = new LambdaFixture();

afterEach(async () => fixture.close());
afterAll(() => fixture.remove());

/** A function whose code is in the template. */
function inline(code: string, properties: object = {}, resources: Record<string, TemplateResource> = {}) {
  return fixture.create('', { properties: { Code: { ZipFile: code }, Handler: 'index.handler', ...properties }, resources }).lambda;
}

const LAYERS = { Layers: [{ Ref: 'First' }, { Ref: 'Second' }] };

/** Answers with what the modules export. */
const requiring = (...names: string[]) => `exports.handler = async () => [${names.map(name => `require('${name}')`).join()}];`;

describe('inline code', () => {
  test('is index.js of a directory of its own', async () => {
    const { failure, payload } = await inline('exports.handler = async () => [__filename, process.cwd(), process.env.LAMBDA_TASK_ROOT, process.env.NODE_PATH];').invoke({});
    expect(failure).toBeUndefined();
    const [file, ...directories] = payload as string[];
    expect(file).toBe(`${directories[0]}/index.js`);
    expect(directories).toEqual([directories[0], directories[0], null]);
    expect(readdirSync(directories[0])).toEqual(['index.js']);
  });

  test('is the same for all processes, and gone after the function is closed', async () => {
    const lambda = inline('exports.handler = async () => __dirname;', { ReservedConcurrentExecutions: 2 });
    const invocations = await Promise.all([lambda.invoke({}), lambda.invoke({})]);
    expect(invocations.map(({ cold }) => cold)).toEqual([true, true]);
    const [directory, other] = invocations.map(({ payload }) => String(payload));
    expect(other).toBe(directory);
    expect(existsSync(directory)).toBe(true);
    await lambda.close();
    expect(existsSync(directory)).toBe(false);
    await expect(lambda.close()).resolves.toBeUndefined();
  });

  test('may refer to resources', async () => {
    const lambda = inline('', { Code: { ZipFile: { 'Fn::Join': ['', ['exports.handler = async () => "', { Ref: 'Queue' }, '";']] } } });
    expect((await lambda.invoke({})).payload).toMatch(/^https:\/\/sqs\.eu-central-1\.amazonaws\.com\/123456789012\/Stack-Queue-/);
  });

  test('fails where it is broken, or has no such handler', async () => {
    expect((await inline('exports.handler = ;').invoke({})).failure).toMatchObject({ errorType: 'SyntaxError' });
    expect((await inline('exports.other = 1;').invoke({})).failure).toMatchObject({ errorType: 'Runtime.HandlerNotFound' });
    expect((await inline('exports.handler = 1;', { Handler: 'main.handler' }).invoke({})).failure?.errorMessage).toMatch(/^Cannot find module '.*main'/);
  });

  test('is of Node.js only', () => {
    const create = () => inline('def handler(event, context): pass', { Runtime: 'python3.13' });
    expect(create).toThrow(DeploymentError);
    expect(create).toThrow('Function: the local AWS runs inline code of Node.js only, got python3.13');
  });
});

describe('layers', () => {
  test('have modules for inline code', async () => {
    const lambda = inline(requiring('one'), { Layers: [{ Ref: 'First' }] }, { First: fixture.layer({ one: 'exports.name = "one";' }) });
    expect((await lambda.invoke({})).payload).toEqual([{ name: 'one' }]);
  });

  test('have modules for an asset too', async () => {
    const { lambda } = fixture.create('exports.handler = async () => require("one");', {
      properties: LAYERS, resources: { First: fixture.layer({ one: 'module.exports = 1;' }), Second: fixture.layer({}) },
    });
    expect((await lambda.invoke({})).payload).toBe(1);
  });

  test('are searched together, the last one first', async () => {
    const lambda = inline(requiring('one', 'two', 'both'), LAYERS, {
      First: fixture.layer({ one: 'module.exports = require("two") + 1;', both: 'module.exports = "first";' }),
      Second: fixture.layer({ two: 'module.exports = 2;', both: 'module.exports = "second";' }),
    });
    expect((await lambda.invoke({})).payload).toEqual([3, 2, 'second']);
  });

  test('are not searched where the function says so', async () => {
    const lambda = inline(requiring('one'), { ...LAYERS, Environment: { Variables: { NODE_PATH: '/nowhere' } } }, {
      First: fixture.layer({ one: '' }), Second: fixture.layer({}),
    });
    expect((await lambda.invoke({})).failure?.errorMessage).toMatch(/^Cannot find module 'one'/);
  });

  test('lack what they do not have', async () => {
    const lambda = inline(requiring('three'), LAYERS, { First: fixture.layer({ one: '' }), Second: fixture.layer({ two: '' }) });
    expect((await lambda.invoke({})).failure).toMatchObject({ errorMessage: expect.stringMatching(/^Cannot find module 'three'/) });
  });

  test.each<[string, Record<string, TemplateResource>, string]>([
    ['arn:aws:lambda:eu-central-1:123456789012:layer:other:1', {}, 'layer:other:1'],
    ['arn:aws:lambda:eu-central-1:123456789012:layer:Empty:1', { Empty: { Type: 'AWS::Lambda::LayerVersion', Properties: { Content: {} } } }, 'layer:Empty:1'],
    ['arn:aws:sqs:eu-central-1:123456789012:q', { Named: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } } }, 'sqs:eu-central-1:123456789012:q'],
  ])('cannot be %s', (arn, resources, named) => {
    const create = () => fixture.create(ECHO, { properties: { Layers: [arn] }, resources });
    expect(create).toThrow(DeploymentError);
    expect(create).toThrow(new RegExp(`^Function: the local AWS has only layers of the deployment whose content is an asset, got .*${named}$`));
  });
});
