import { rmSync } from 'node:fs';
import { CfnParameter, type Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { EcrAutoCreate } from '../../../src';
import { assumedRoleIdentity, pushEvent } from '../../local-aws/cloudtrail';
import { DEMO_PROPS, synthesizeStack } from '../../local-aws/demo-app';
import { EcrError } from '../../local-aws/ecr';
import { objectOf } from '../../local-aws/json';
import { LambdaCode } from '../../local-aws/lambda-code';
import { LocalAws } from '../../local-aws/local-aws';
import { runJudge, type Verdict } from '../verdict';
import { Emulator, installPrograms, type Programs } from './emulator';

/** A stack for each way in which the configuration comes to the function. */
const TRANSPORTS: Readonly<Record<string, (stack: Stack) => void>> = {
  'the environment': stack => { new EcrAutoCreate(stack, 'EcrAutoCreate', DEMO_PROPS); },
  'files': stack => {
    new EcrAutoCreate(stack, 'EcrAutoCreate', {
      ...DEMO_PROPS,
      repositoryOverrides: Array.from({ length: 30 }, (_, index) => ({ prefix: `backend/team-${index}/`, settings: { tags: { 'the-team-with-the-number': `${index}` } } })),
    });
  },
  'inline code with a layer': stack => {
    const accounts = Array.from({ length: 40 }, (_, index) => new CfnParameter(stack, `Account${index}`, { default: String(210987654300 + index) }).valueAsString);
    new EcrAutoCreate(stack, 'EcrAutoCreate', {
      ...DEMO_PROPS,
      repositoryDefaults: {
        ...DEMO_PROPS.repositoryDefaults,
        repositoryPolicy: new iam.PolicyDocument({
          statements: [new iam.PolicyStatement({ principals: accounts.map(account => new iam.AccountPrincipal(account)), actions: ['ecr:BatchGetImage'] })],
        }),
      },
    });
  },
};

class TransportJudge {
  private failing = false;

  constructor(private readonly verdict: Verdict, private readonly programs: Programs, private readonly transport: string) {}

  async judge(define: (stack: Stack) => void): Promise<void> {
    const assembly = synthesizeStack(define);
    const aws = await LocalAws.deploy(assembly, {
      beforeCall: action => { if (this.failing && action === 'CreateRepository') throw new EcrError('LimitExceededException', 'there are too many'); },
    });
    try {
      await this.judgeDeployed(aws);
    } finally {
      await aws.close();
      rmSync(assembly, { recursive: true });
    }
  }

  private async judgeDeployed(aws: LocalAws): Promise<void> {
    const [resource] = aws.deployment.resources('AWS::Lambda::Function');
    const code = new LambdaCode(aws.deployment, resource);
    const variables = objectOf(objectOf(resource.properties.Environment).Variables) as Record<string, string>;
    const transport = code.nodePath !== undefined ? 'inline code with a layer' : 'ECR_AUTO_CREATE_CONFIGURATION' in variables ? 'the environment' : 'files';
    this.check(transport === this.transport, 'the configuration comes by it', transport);
    const { account, region } = aws.deployment.environment;
    const { accessKeyId, secretAccessKey, sessionToken } = aws.functions[0].session.credentials;
    const emulator = await Emulator.start(this.programs, {
      directory: code.directory,
      handler: String(resource.properties.Handler),
      timeout: Number(resource.properties.Timeout),
      environment: {
        ...variables,
        ...(code.nodePath !== undefined && { NODE_PATH: code.nodePath }),
        AWS_REGION: region,
        AWS_LAMBDA_FUNCTION_NAME: resource.physicalId,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
        AWS_ENDPOINT_URL_ECR: `http://${aws.registryHost}`,
      },
    });
    const push = (repositoryName: string) => pushEvent(aws.deployment.environment, {
      eventName: 'InitiateLayerUpload',
      errorCode: 'RepositoryNotFoundException',
      errorMessage: 'missing',
      pusher: 'anonymous',
      sourceIp: '127.0.0.1',
      userAgent: 'judge',
      time: new Date(),
      requestParameters: { registryId: account, repositoryName },
    }, assumedRoleIdentity(aws.deployment.environment, `arn:aws:iam::${account}:role/ci-push`, 'build'));
    try {
      const name = 'backend/payments';
      await this.invoke(emulator, push(name), { payload: null }, [{ level: 'INFO', message: `created ${name} repository`, outcome: 'created' }]);
      const repository = aws.ecr.repositories.get(name);
      this.check(repository?.tags.team === 'platform' && repository.imageTagMutability === 'IMMUTABLE', 'the repository has its tags and its mutability');
      this.check(repository?.lifecyclePolicyText !== undefined && repository.repositoryPolicyText !== undefined, 'the repository has its policies');

      await this.invoke(emulator, push(name), { payload: null }, [{ message: `${name} repository already exists`, outcome: 'exists' }]);
      await this.invoke(emulator, push('sandbox/a'), { payload: null }, [{ level: 'WARN', outcome: 'rejected', reason: 'NotAllowedPrefix' }]);
      this.check(!aws.ecr.repositories.has('sandbox/a'), 'a name that is not allowed is not created');

      this.failing = true;
      await this.invoke(emulator, push('backend/failed'), { payload: { errorType: 'LimitExceededException', errorMessage: 'there are too many' } },
        [{ level: 'ERROR', outcome: 'failed', errorName: 'LimitExceededException', CreateFailures: 1 }]);
      this.failing = false;
      await this.invoke(emulator, push('backend/failed'), { payload: null }, [{ outcome: 'created' }]);

      const records = [{ messageId: 'good', body: JSON.stringify(push('backend/replayed')) }, { messageId: 'foreign', body: 'not an event' }];
      await this.invoke(emulator, { Records: records }, { payload: { batchItemFailures: [{ itemIdentifier: 'foreign' }] } },
        [{ outcome: 'created', redriven: true }, { level: 'ERROR', outcome: 'kept' }]);
      this.check(aws.ecr.repositories.has('backend/replayed'), 'the replayed event creates');
    } finally {
      await emulator.stop();
      code.remove();
    }
  }

  /** One invocation: its answer, and its lines, each a line of JSON of its own with the request's id, without a prefix. */
  private async invoke(emulator: Emulator, event: unknown, answer: { payload: unknown }, lines: object[]): Promise<void> {
    const before = emulator.lines.length;
    const { status, payload } = await emulator.invoke(event);
    this.verdict.count('invocations');
    this.check(status === 200 && isLike(payload, answer.payload), `the answer is ${JSON.stringify(answer.payload)}`, { status, payload });
    // The emulator passes lines on by itself: they can come after the answer.
    await until(() => emulator.lines.length >= before + lines.length);
    const written = emulator.lines.slice(before);
    this.check(written.length === lines.length && lines.every((line, index) => isLike(written[index], line)), `it writes ${JSON.stringify(lines)}`, written);
    this.check(written.every(({ requestId }) => /^[0-9a-f-]{36}$/.test(String(requestId))), 'each line has the id of the request', written);
  }

  private check(agrees: boolean, what: string, got?: unknown): void {
    this.verdict.check('checks', agrees, () => `${this.transport}: ${what}, got ${JSON.stringify(got)}`);
  }
}

/** Whether it has all that is expected, and perhaps more. */
function isLike(actual: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return actual === expected;
  if (Array.isArray(expected)) {
    return Array.isArray(actual) && actual.length === expected.length && expected.every((each, index) => isLike(actual[index], each));
  }
  return typeof actual === 'object' && actual !== null
    && Object.entries(expected).every(([key, value]) => isLike((actual as Record<string, unknown>)[key], value));
}

const PATIENCE = 10_000;

async function until(condition: () => boolean): Promise<void> {
  const start = performance.now();
  while (!condition() && performance.now() - start < PATIENCE) await new Promise(resolve => { setTimeout(resolve, 5); });
}

void runJudge('lambda', async verdict => {
  verdict.expect('transports', 'invocations', 'checks');
  const programs = await installPrograms();
  console.error(programs.versions);
  for (const [transport, define] of Object.entries(TRANSPORTS)) {
    await new TransportJudge(verdict, programs, transport).judge(define);
    verdict.count('transports');
  }
});
