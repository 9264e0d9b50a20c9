import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployments } from './deployments';
import { type Credentials, type Moto, type RecordedCall, REGION } from './moto';
import { requireCommand } from '../../local-aws/command';
import { type JsonObject, objectOf } from '../../local-aws/json';
import { type LambdaResponse, LambdaWorker } from '../../local-aws/lambda-worker';

/** One run of the deployed code. */
export interface Run extends LambdaResponse {
  /** Its lines of JSON on standard output. */
  readonly lines: readonly JsonObject[];
  /** The calls of ECR that moto's IAM decided on meanwhile. */
  readonly calls: readonly RecordedCall[];
}

/** A function as moto has it: the code that the CDK published, the deployed environment and a session of the deployed role. */
export class DeployedFunction {
  /** @param of the stack, and the id of the construct in it */
  static async load(moto: Moto, deployments: Deployments, of: { stackName: string; id: string }, directory: string): Promise<DeployedFunction> {
    const { expected, physicalId } = deployments.only('AWS::Lambda::Function', of);
    const { Configuration } = await moto.call('lambda', 'GetFunction', { FunctionName: physicalId });
    const configuration = objectOf(Configuration);
    const { S3Bucket: Bucket, S3Key: Key } = objectOf(expected.Code);
    const { Body: body } = await moto.call('s3', 'GetObject', { Bucket, Key });
    const archive = Buffer.from(String(body), 'base64');
    const sha256 = createHash('sha256').update(archive).digest('base64');
    if (sha256 !== configuration.CodeSha256) throw new Error(`${physicalId}: the published code is not the function's`);
    const folder = join(directory, physicalId);
    mkdirSync(folder);
    writeFileSync(`${folder}.zip`, archive);
    await requireCommand(join(moto.programs, 'python'), ['-m', 'zipfile', '-e', `${folder}.zip`, folder]);
    return new DeployedFunction(moto, physicalId, configuration, folder, await moto.assume(String(configuration.Role)));
  }

  private worker?: LambdaWorker;
  private lines: JsonObject[] = [];

  private constructor(
    private readonly moto: Moto, readonly name: string, private readonly configuration: JsonObject, private readonly folder: string,
    /** A session of its role. */
    readonly credentials: Credentials,
  ) {}

  get arn(): string {
    return String(this.configuration.FunctionArn);
  }

  get roleName(): string {
    return String(this.configuration.Role).split('/').pop() ?? '';
  }

  /** A second execution environment of the function. */
  another(): DeployedFunction {
    return new DeployedFunction(this.moto, this.name, this.configuration, this.folder, this.credentials);
  }

  async run(event: unknown): Promise<Run> {
    this.worker ??= this.start();
    const { failure } = await this.worker.ready;
    if (failure !== undefined) throw new Error(`${this.name} does not start: ${failure.errorMessage}`);
    this.lines = [];
    const before = this.moto.recorded().length;
    const context = { awsRequestId: randomUUID(), functionName: this.name, invokedFunctionArn: this.arn };
    const response = await this.worker.invoke({ event, context, timeoutMilliseconds: Number(this.configuration.Timeout) * 1_000 });
    return { ...response, lines: this.lines, calls: this.moto.recorded(before).filter(({ service }) => service === 'ecr') };
  }

  async stop(): Promise<void> {
    await this.worker?.stop();
  }

  private start(): LambdaWorker {
    const { Environment: environment, Handler: handler } = this.configuration;
    return new LambdaWorker({
      nodeBinary: process.execPath,
      directory: this.folder,
      environment: {
        ...Object.fromEntries(Object.entries(objectOf(objectOf(environment).Variables)).map(([key, value]) => [key, String(value)])),
        _HANDLER: String(handler),
        LAMBDA_TASK_ROOT: this.folder,
        AWS_LAMBDA_FUNCTION_NAME: this.name,
        AWS_REGION: REGION,
        AWS_ENDPOINT_URL: this.moto.url,
        AWS_ACCESS_KEY_ID: this.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: this.credentials.secretAccessKey,
        AWS_SESSION_TOKEN: this.credentials.sessionToken ?? '',
      },
      onLine: (text, stream) => { if (stream === 'stdout') this.lines.push(JSON.parse(text) as JsonObject); },
    });
  }
}
