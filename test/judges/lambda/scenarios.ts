import { randomUUID } from 'node:crypto';
import type { Emulator } from './emulator';
import type { ExpectedLine, FunctionJudge } from './function-judge';
import { EcrError } from '../../local-aws/ecr';
import { type JsonObject } from '../../local-aws/json';

const CREATED = ['RepositoriesCreated', 'TimeToCreate'];

const created = (name: string): ExpectedLine =>
  ({ fields: { level: 'INFO', message: `created ${name} repository`, outcome: 'created', repositoryName: name }, metrics: CREATED });
const exists = (name: string): ExpectedLine =>
  ({ fields: { level: 'INFO', message: `${name} repository already exists`, outcome: 'exists', repositoryName: name } });

/** What the function does in the usual course of things, and what with events that are not for it. */
export async function judgeEvents(judge: FunctionJudge, emulator: Emulator): Promise<void> {
  const { repositories } = judge.aws.ecr;
  const name = 'backend/payments';
  await judge.invoke(emulator, 'a first event', judge.push(name), { lines: [created(name)] });
  judge.checkRepository(name);
  await judge.invoke(emulator, 'a second event of the same push', judge.push(name), { lines: [exists(name)] });

  const { override } = judge.app;
  if (override !== undefined) {
    await judge.invoke(emulator, 'an event for an override', judge.push(override.name), { lines: [created(override.name)] });
    judge.checkRepository(override.name, override.tags);
  }

  const others = 'backend/made-by-others';
  judge.aws.ecr.call('CreateRepository', { repositoryName: others }, 'arn:aws:iam::012345678912:user/jo');
  await judge.invoke(emulator, 'an event for a repository of others', judge.push(others), { lines: [exists(others)] });
  judge.check('a repository of others stays as it is', repositories.get(others)?.lifecyclePolicyText === undefined, repositories.get(others));

  await judge.invoke(emulator, 'an event for a name that is not allowed', judge.push('sandbox/api'), {
    lines: [{
      fields: { level: 'WARN', message: 'rejected sandbox/api repository: its name starts with none of allowedPrefixes', outcome: 'rejected', reason: 'NotAllowedPrefix' },
      metrics: ['PushesRejected'],
    }],
  });
  judge.check('a name that is not allowed is not created', !repositories.has('sandbox/api'));
  await judge.invoke(emulator, 'an event that is no push', { source: 'my.app', detail: null }, {
    lines: [{ fields: { level: 'WARN', outcome: 'rejected', reason: 'NotAFailedPush' }, metrics: ['PushesRejected'] }],
  });
}

/** What it does when ECR fails: Lambda tries again, with the same request. */
export async function judgeFailures(judge: FunctionJudge, emulator: Emulator): Promise<void> {
  const { faults } = judge;
  const name = 'backend/tried-twice';
  const request = randomUUID();
  faults.before = action => { if (action === 'CreateRepository') throw new EcrError('ServerException', 'out of order', 500); };
  await judge.invoke(emulator, 'an event while ECR fails', judge.push(name), {
    error: { type: 'ServerException', message: 'out of order' },
    lines: [{
      fields: { level: 'ERROR', message: `failed to create ${name} repository: out of order`, outcome: 'failed', errorName: 'ServerException', errorMessage: 'out of order' },
      metrics: ['CreateFailures'],
    }],
  }, request);
  judge.check('nothing is created while ECR fails', !judge.aws.ecr.repositories.has(name));
  faults.before = undefined;
  await judge.invoke(emulator, 'the same event again', judge.push(name), { lines: [created(name)] }, request);
  judge.checkRepository(name);

  const half = 'backend/half-made';
  faults.before = action => { if (action === 'SetRepositoryPolicy') throw new EcrError('InvalidParameterException', 'not this policy'); };
  await judge.invoke(emulator, 'an event while ECR takes no policy', judge.push(half), {
    error: { type: 'InvalidParameterException', message: 'not this policy' },
    lines: [{
      fields: { level: 'ERROR', message: `failed to configure ${half} repository: not this policy`, outcome: 'failed', errorName: 'InvalidParameterException' },
      metrics: ['CreateFailures', 'RepositoriesCreated'],
    }],
  });
  faults.before = undefined;
  await judge.invoke(emulator, 'an event for a repository that lacks its policy', judge.push(half), {
    lines: [{ fields: { message: `created ${half} repository`, outcome: 'completed', completed: ['repositoryPolicy'] }, metrics: ['TimeToCreate'] }],
  });
  judge.checkRepository(half);
}

/** What it does with a batch from the dead-letter queue: both forms of its own events, and what is somebody else's. */
export async function judgeRedrive(judge: FunctionJudge, emulator: Emulator): Promise<void> {
  const record = (body: unknown, targetArn?: string): JsonObject => ({
    messageId: randomUUID(),
    receiptHandle: randomUUID(),
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()) },
    messageAttributes: targetArn === undefined ? {} : { TARGET_ARN: { stringValue: targetArn, dataType: 'String' } },
    eventSource: 'aws:sqs',
    eventSourceARN: judge.aws.queues[0].arn,
    awsRegion: 'us-east-1',
  });
  const ofInvocation = (event: JsonObject, functionArn: string): JsonObject => ({
    version: '1.0',
    requestContext: { requestId: randomUUID(), functionArn: `${functionArn}:$LATEST`, condition: 'RetriesExhausted', approximateInvokeCount: 3 },
    requestPayload: event,
    responsePayload: { errorType: 'ServerException', errorMessage: 'out of order' },
  });
  const other = `${judge.arn}-of-others`;
  const good = [
    record(judge.push('backend/undelivered'), judge.arn),
    record(ofInvocation(judge.push('backend/unhandled'), judge.arn)),
  ];
  const foreign = [
    record('not an event'),
    record(judge.push('backend/of-others'), other),
    record(ofInvocation(judge.push('backend/of-others'), other)),
  ];
  const redriven = (name: string): ExpectedLine => ({ ...created(name), fields: { ...created(name).fields, redriven: true }, metrics: ['RepositoriesCreated'] });
  const kept = ({ messageId }: JsonObject): ExpectedLine => ({ fields: { level: 'ERROR', outcome: 'kept', messageId } });
  await judge.invoke(emulator, 'a batch of messages', { Records: [foreign[0], ...good, ...foreign.slice(1)] }, {
    payload: { batchItemFailures: foreign.map(({ messageId }) => ({ itemIdentifier: messageId })) },
    lines: [kept(foreign[0]), redriven('backend/undelivered'), redriven('backend/unhandled'), ...foreign.slice(1).map(kept)],
  });
  judge.checkRepository('backend/undelivered');
  judge.checkRepository('backend/unhandled');
  judge.check('an event of others creates nothing', !judge.aws.ecr.repositories.has('backend/of-others'));
}

/** What it does when ECR does not answer at all: it asks once more, unless its time is over before. */
export async function judgeSilence(judge: FunctionJudge, emulator: Emulator): Promise<void> {
  const patient = 'backend/answered-late';
  const silence = new Silence();
  judge.faults.before = async () => silence.keep(1);
  await judge.invoke(emulator, 'an event while a call is not answered', judge.push(patient), { lines: [created(patient)] });
  judge.checkRepository(patient);

  const timeout = 5;
  const hasty = await judge.start(timeout);
  try {
    const name = 'backend/never-answered';
    judge.faults.before = async () => silence.keep();
    const answer = await hasty.invoke(judge.push(name), randomUUID());
    const { lines, body } = answer;
    judge.check('a function that takes too long is ended', body === `Task timed out after ${timeout}.00 seconds` && lines.length === 0, answer);
    judge.faults.before = undefined;
    await judge.invoke(hasty, 'the event again, in a new process', judge.push(name), { lines: [created(name)] });
    judge.checkRepository(name);
  } finally {
    silence.end();
    const left = await hasty.stop();
    judge.check('no process is left of a function that was ended', left.length === 0, left);
  }
}

/** Calls that are not answered. */
class Silence {
  private readonly ended: Promise<void>;
  private resolve?: () => void;
  private kept = 0;

  constructor() {
    this.ended = new Promise(resolve => { this.resolve = resolve; });
  }

  /** @param times how many of the calls are not answered */
  async keep(times = Infinity): Promise<void> {
    if (this.kept++ < times) await this.ended;
  }

  end(): void {
    this.resolve?.();
  }
}
