import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TemplateResource } from './cloud-assembly';
import { arnOf, deployResources, roleFor } from './deployment-fixture';
import { LambdaFunction, LambdaOptions } from './lambda';
import { Queue } from './queue';

/** What a role needs to write to the function's log group, and to send to its queue. */
export const LOGS = { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: arnOf('LogGroup') };
export const SEND = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf('Queue') };

/** A handler that logs its request id and throws. */
export const FAILING = 'exports.handler = async (event, context) => { console.log(context.awsRequestId); throw new TypeError("no " + event.name); };';

/** A handler that writes to both streams and returns all that it sees. */
export const ECHO = `
  console.log('loading');
  let count = 0;
  exports.handler = async (event, context) => {
    console.log('out', event.name);
    process.stderr.write('err');
    const remaining = context.getRemainingTimeInMillis();
    return { event, count: ++count, environment: process.env, cwd: process.cwd(), context: { ...context, remaining } };
  };`;

/** How a function differs from one that may write its logs and has no asynchronous configuration. */
export interface LambdaSetting {
  readonly properties?: object;
  /** Of the role. @default - those for the logs */
  readonly statements?: object[];
  readonly resources?: Record<string, TemplateResource>;
  readonly options?: Partial<LambdaOptions>;
}

/** Deployed functions whose code is written to a temporary directory, for one test file. */
export class LambdaFixture {
  private readonly directory = realpathSync(mkdtempSync(join(tmpdir(), 'lambda-')));
  private readonly functions: LambdaFunction[] = [];

  create(code: string, { options, properties, resources, statements = [LOGS] }: LambdaSetting = {}): { lambda: LambdaFunction; queue: Queue } {
    const root = mkdtempSync(join(this.directory, 'code-'));
    mkdirSync(join(root, 'nested'));
    writeFileSync(join(root, 'nested', 'index.js'), code);
    const deployment = deployResources({
      Role: roleFor('lambda.amazonaws.com', ...statements),
      LogGroup: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/group' } },
      Queue: { Type: 'AWS::SQS::Queue' },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: 'f',
          Code: { S3Key: root },
          Handler: 'nested/index.handler',
          Runtime: 'nodejs24.x',
          Role: arnOf('Role'),
          LoggingConfig: { LogGroup: { Ref: 'LogGroup' } },
          ...properties,
        },
      },
      ...resources,
    });
    const queue = new Queue(deployment, deployment.resources('AWS::SQS::Queue')[0]);
    const lambda = new LambdaFunction(deployment, deployment.resources('AWS::Lambda::Function')[0], { queues: [queue], ...options });
    this.functions.push(lambda);
    return { lambda, queue };
  }

  /** A layer with modules, by their name. */
  layer(modules: Readonly<Record<string, string>>): TemplateResource {
    const root = mkdtempSync(join(this.directory, 'layer-'));
    for (const [name, code] of Object.entries(modules)) {
      const directory = join(root, 'nodejs', 'node_modules', name);
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, 'index.js'), code);
    }
    return { Type: 'AWS::Lambda::LayerVersion', Properties: { Content: { S3Key: root } } };
  }

  /** Ends the processes of all functions. */
  async close(): Promise<void> {
    await Promise.all(this.functions.splice(0).map(async lambda => lambda.close()));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}

/** The configuration of asynchronous invocations, with the queue as the on-failure destination. */
export function invokeConfig(properties: object = {}): Record<string, TemplateResource> {
  return {
    Config: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'Function' },
        Qualifier: '$LATEST',
        DestinationConfig: { OnFailure: { Destination: arnOf('Queue') } },
        ...properties,
      },
    },
  };
}
