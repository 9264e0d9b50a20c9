import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { DeployedResource } from '../../local-aws/cloudformation';
import { assumedRoleIdentity, pushEvent } from '../../local-aws/cloudtrail';
import { type JsonObject, objectOf } from '../../local-aws/json';
import { LambdaCode } from '../../local-aws/lambda-code';
import { LocalAws } from '../../local-aws/local-aws';
import type { Verdict } from '../verdict';
import { expectedSettings, settingsOf, type TransportApp, transportOf } from './apps';
import { type Answer, EMULATED, Emulator } from './emulator';
import { metricsIn, type SortedLines, sortLines } from './log-lines';
import type { Programs } from './programs';

/** What ECR does before it performs a call: it may take its time, or throw. */
export interface Faults {
  before?: (action: string) => void | Promise<void>;
}

/** What an invocation is to lead to. */
export interface Expectation {
  /** What the function returns. @default null */
  readonly payload?: unknown;
  /** What it throws instead. */
  readonly error?: { readonly type: string; readonly message: string };
  readonly lines: readonly ExpectedLine[];
}

/** Some of the fields of a line, and the names of all its metrics. */
export interface ExpectedLine {
  readonly fields: JsonObject;
  readonly metrics?: readonly string[];
}

/** The function of an app, deployed to the local AWS, where it calls ECR, and run by the programs of the real one. */
export class FunctionJudge {
  static async deploy(verdict: Verdict, programs: Programs, app: TransportApp, assembly: string): Promise<FunctionJudge> {
    const faults: Faults = {};
    const aws = await LocalAws.deploy(assembly, { ...EMULATED, beforeCall: async action => faults.before?.(action) });
    return new FunctionJudge(verdict, programs, app, aws, faults);
  }

  readonly arn: string;
  private readonly resource: DeployedResource;
  private readonly code: LambdaCode;
  private readonly pusher: JsonObject;
  private readonly pusherArn: string;

  private constructor(
    private readonly verdict: Verdict, readonly programs: Programs, readonly app: TransportApp, readonly aws: LocalAws, readonly faults: Faults,
  ) {
    [this.resource] = aws.deployment.resources('AWS::Lambda::Function');
    this.code = new LambdaCode(aws.deployment, this.resource);
    this.arn = aws.functions[0].arn;
    this.pusherArn = `arn:aws:iam::${EMULATED.account}:role/ci-push`;
    this.pusher = assumedRoleIdentity(aws.deployment.environment, this.pusherArn, 'build-1');
    const transport = transportOf(this.resource);
    this.check(`the configuration comes by ${app.transport}`, transport === app.transport, transport);
  }

  /** @param timeout in seconds; the template's, if it is not given */
  async start(timeout = Number(this.resource.properties.Timeout)): Promise<Emulator> {
    const { Environment: environment, Handler: handler, MemorySize: memorySize, Runtime: runtime } = this.resource.properties;
    const { accessKeyId, secretAccessKey, sessionToken } = this.aws.functions[0].session.credentials;
    const variables = Object.entries(objectOf(objectOf(environment).Variables)).map(([key, value]) => [key, String(value)] as const);
    return Emulator.start(this.programs, {
      directory: this.code.directory,
      handler: String(handler),
      timeout,
      environment: {
        ...Object.fromEntries(variables),
        // Where Lambda unpacks layers to: a folder of their own here.
        ...(this.code.nodePath !== undefined && { NODE_PATH: this.code.nodePath }),
        TZ: ':UTC',
        AWS_REGION: EMULATED.region,
        AWS_DEFAULT_REGION: EMULATED.region,
        AWS_EXECUTION_ENV: `AWS_Lambda_${String(runtime)}`,
        AWS_LAMBDA_FUNCTION_NAME: this.resource.physicalId,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memorySize),
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
        AWS_ENDPOINT_URL_ECR: `http://${this.aws.registryHost}`,
      },
    });
  }

  /** The event of a push under that name. */
  push(repositoryName: string): JsonObject {
    const event = pushEvent(this.aws.deployment.environment, {
      eventName: 'InitiateLayerUpload',
      errorCode: 'RepositoryNotFoundException',
      errorMessage: `The repository with name '${repositoryName}' does not exist`,
      requestParameters: { registryId: EMULATED.account, repositoryName },
      pusher: 'build-1',
      sourceIp: '203.0.113.12',
      userAgent: 'docker/29.7.2',
      time: new Date(),
    }, this.pusher);
    if (event === undefined) throw new Error('a push must make an event');
    return event;
  }

  /** Invokes the function and checks its answer and its log. */
  async invoke(emulator: Emulator, what: string, event: unknown, expected: Expectation, requestId: string = randomUUID()): Promise<void> {
    const answer = await emulator.invoke(event, requestId);
    this.verdict.count('invocations');
    this.checkAnswer(what, answer, expected);
    this.checkLines(what, sortLines(answer.lines, requestId), expected, requestId);
  }

  /** Checks all settings of a repository. @param tags those that are not the defaults' */
  checkRepository(name: string, tags: Readonly<Record<string, string>> = {}): void {
    const repository = this.aws.ecr.repositories.get(name);
    const settings = repository && settingsOf(repository);
    const expected = expectedSettings(this.app, this.aws.functions[0].session.callerArn, this.pusherArn, tags);
    this.check(`${name} has its settings, ${JSON.stringify(expected)}`, isDeepStrictEqual(settings, expected), settings);
  }

  check(what: string, agrees: boolean, got?: unknown): void {
    this.verdict.check('checks', agrees, () => `${this.app.transport}: ${what}; got ${typeof got === 'string' ? got : JSON.stringify(got)}`);
  }

  async close(): Promise<void> {
    this.code.remove();
    await this.aws.close();
  }

  private checkAnswer(what: string, { body, status }: Answer, { error, payload = null }: Expectation): void {
    this.check(`${what}: the status is 200`, status === 200, status);
    if (error === undefined) {
      this.check(`${what}: the answer is ${JSON.stringify(payload)}`, body === JSON.stringify(payload), body);
      return;
    }
    const { errorMessage, errorType, trace } = objectOf(JSON.parse(body));
    this.check(`${what}: the error is ${error.type}: ${error.message}`, errorType === error.type && errorMessage === error.message, body);
    const isTrace = Array.isArray(trace) && trace[0] === `${error.type}: ${error.message}` && trace.slice(1).every(frame => /^ {4}at /.test(String(frame)));
    this.check(`${what}: the error has a trace`, isTrace, trace);
  }

  private checkLines(what: string, { clientErrors, others, own }: SortedLines, { error, lines }: Expectation, requestId: string): void {
    this.check(`${what}: each line is an object of JSON, and nothing else`, others.length === 0, others);
    this.check(`${what}: the client reports what the function throws`, clientErrors === (error === undefined ? 0 : 1), clientErrors);
    this.check(`${what}: there are ${lines.length} lines`, own.length === lines.length, own);
    lines.slice(0, own.length).forEach(({ fields, metrics = [] }, index) => {
      const line = own[index];
      const wanted = { ...fields, requestId };
      const agrees = Object.entries(wanted).every(([key, value]) => isDeepStrictEqual(line[key], value));
      this.check(`${what}: the line has ${JSON.stringify(wanted)}`, agrees, line);
      const found = metricsIn(line, this.resource.physicalId);
      const areThere = typeof found !== 'string' && isDeepStrictEqual(Object.keys(found).sort(), [...metrics].sort())
        && Object.entries(found).every(([name, value]) => name === 'TimeToCreate' ? value >= 0 : value === 1);
      this.check(`${what}: the metrics are ${metrics.join(' and ') || 'none'}`, areThere, found);
    });
  }
}
