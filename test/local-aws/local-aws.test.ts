import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Template } from './cloud-assembly';
import { iamUserIdentity } from './cloudtrail';
import { ENVIRONMENT } from './deployment-fixture';
import { EcrError } from './ecr';
import { LocalAws, LocalAwsOptions } from './local-aws';
import { synthesizeExample } from './local-aws-fixture';
import type { TimelineEvent } from './timeline';

let directory: string;
let assembly: string;
let aws: LocalAws | undefined;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'local-aws-'));
  assembly = synthesizeExample(directory);
});

afterEach(async () => {
  await aws?.close();
  aws = undefined;
});

afterAll(() => rmSync(directory, { recursive: true }));

async function deploy(options?: LocalAwsOptions): Promise<LocalAws> {
  aws = await LocalAws.deploy(assembly, options);
  return aws;
}

/** Begins a push, as a client does that does not look first; waits for what follows from it. */
async function push(repositoryName: string, user = 'build-1'): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${user}:password`).toString('base64')}`;
  const { status } = await fetch(`http://${aws!.registryHost}/v2/${repositoryName}/blobs/uploads/`, { method: 'POST', headers: { authorization } });
  await aws!.idle();
  return status;
}

function resourcesOf(template: Template, type: string): Record<string, unknown>[] {
  return Object.values(template.Resources!).filter(({ Type }) => Type === type).map(({ Properties = {} }) => Properties);
}

const handlerOf = ({ functions }: LocalAws) => functions[0];
const queueOf = ({ queues }: LocalAws, name: string) => queues.find(({ logicalId }) => logicalId.startsWith(name))!;

test('a push to a missing repository fails, creates it, and succeeds the next time', async () => {
  const local = await deploy();
  const told: TimelineEvent[] = [];
  local.onTimeline(event => told.push(event));
  expect(await push('backend/api')).toBe(404);
  expect(local.ecr.repositories.get('backend/api')).toMatchObject({
    createdBy: handlerOf(local).session.callerArn,
    tags: { pusher: 'arn:aws:sts::123456789012:assumed-role/ci-push/build-1' },
  });
  expect(await push('backend/api')).toBe(202);

  expect(handlerOf(local).logs.map(({ text }) => text)).toEqual(['created backend/api']);
  expect(handlerOf(local).unwritableLogs).toBe(false);
  expect(local.lost).toEqual([]);
  expect(queueOf(local, 'Queue').messages).toEqual([]);
  expect(queueOf(local, 'News').messages.map(({ body }) => JSON.parse(body).detail.responseElements.repository.repositoryName)).toEqual(['backend/api']);
  expect(local.timeline).toEqual(told);
  expect(told.map(({ source, text }) => `${source}: ${text}`)).toEqual([
    'registry: InitiateLayerUpload of backend/api by build-1: RepositoryNotFoundException',
    'cloudtrail: InitiateLayerUpload: RepositoryNotFoundException',
    expect.stringMatching(/^events: InitiateLayerUpload matches Stack-FailedPush\w+-\w+$/),
    expect.stringMatching(/^lambda: Handler\w+ starts cold, ready in \d+ ms$/),
    'iam: allowed: ecr:CreateRepository on arn:aws:ecr:eu-central-1:123456789012:repository/backend/api',
    'iam: allowed: ecr:TagResource on arn:aws:ecr:eu-central-1:123456789012:repository/backend/api',
    'ecr: CreateRepository backend/api',
    'cloudtrail: CreateRepository',
    expect.stringMatching(/^events: CreateRepository matches Stack-Created\w+-\w+$/),
    expect.stringMatching(/^lambda: Handler\w+ is done after \d+ ms$/),
  ]);
  const times = told.map(({ at }) => at);
  expect(times).toEqual([...times].sort((left, right) => left - right));
});

test('a push under a name that no rule is for stays without an answer', async () => {
  const local = await deploy();
  expect(await push('other/api')).toBe(404);
  expect(handlerOf(local).invocations).toEqual([]);
  expect(local.timeline.at(-1)).toMatchObject({ source: 'events', text: 'InitiateLayerUpload matches no rule' });
});

test('a call that only reads makes no event', async () => {
  const local = await deploy();
  expect((await fetch(`http://${local.registryHost}/v2/backend/api/manifests/latest`)).status).toBe(404);
  await local.idle();
  expect(local.timeline.map(({ source, details }) => [source, details.eventName])).toEqual([['registry', 'BatchGetImage']]);
});

test('a user is who it is said to be', async () => {
  const local = await deploy({ identities: { jo: iamUserIdentity(ENVIRONMENT, 'jo', '/dev/') } });
  await push('backend/api', 'jo');
  expect(local.ecr.repositories.get('backend/api')!.tags).toEqual({ pusher: 'arn:aws:iam::123456789012:user/dev/jo' });
});

test('a template covers the first push', async () => {
  const local = await deploy();
  expect(await push('native/api')).toBe(202);
  expect(handlerOf(local).invocations).toEqual([]);
  expect(local.timeline.map(({ text }) => text)).toContain('native/api created on push by the template for native');
  expect(queueOf(local, 'News').messages).toHaveLength(1);
});

test('the stack lives where it is deployed to', async () => {
  const local = await deploy({ account: '111122223333', region: 'cn-north-1', stackName: 'Stack' });
  await push('backend/api');
  expect(local.ecr.repositories.get('backend/api')).toMatchObject({
    arn: 'arn:aws-cn:ecr:cn-north-1:111122223333:repository/backend/api', tags: { pusher: 'arn:aws-cn:sts::111122223333:assumed-role/ci-push/build-1' },
  });
});

describe('when IAM does not allow it', () => {
  test('creating a repository fails, and the event ends in the queue, from which it can be replayed', async () => {
    const local = await deploy({
      mutateTemplate: template => resourcesOf(template, 'AWS::IAM::Policy').forEach(properties => {
        const { Statement } = properties.PolicyDocument as { Statement: { Action: unknown }[] };
        properties.PolicyDocument = { Statement: Statement.filter(({ Action }) => !String(Action).includes('ecr:CreateRepository')) };
      }),
    });
    await push('backend/api');
    expect(local.ecr.repositories.size).toBe(0);
    expect(local.ecr.calls.map(({ error }) => error)).toEqual(['AccessDeniedException', 'AccessDeniedException', 'AccessDeniedException']);
    const [{ body }] = queueOf(local, 'Queue').messages;
    expect(JSON.parse(body)).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      responsePayload: { errorType: 'AccessDeniedException', errorMessage: expect.stringContaining('is not authorized to perform: ecr:CreateRepository') },
    });
    expect(local.timeline.slice(-2).map(({ source, text }) => [source, text])).toEqual([
      ['lambda', expect.stringContaining(' failed (AccessDeniedException: ')],
      ['sqs', expect.stringMatching(/^the event is in Queue\w+: its retries are exhausted, or it is too old$/)],
    ]);
  });

  test('a key cannot be used', async () => {
    const broken = (template: Template): void => resourcesOf(template, 'AWS::IAM::Policy').forEach(properties => {
      properties.PolicyDocument = JSON.parse(JSON.stringify(properties.PolicyDocument).replace('kms:RetireGrant', 'kms:ListGrants'));
    });
    const local = await deploy({ mutateTemplate: broken });
    await push('backend/secret');
    expect(handlerOf(local).invocations.at(-1)!.failure).toMatchObject({ errorType: 'KmsException' });
    expect(local.ecr.calls.at(-1)).toMatchObject({ action: 'CreateRepository', error: 'KmsException' });
    expect(local.ecr.repositories.size).toBe(0);
  });

  test('logs are not there', async () => {
    const elsewhere = 'arn:aws:iam::123456789012:policy/elsewhere';
    const local = await deploy({
      mutateTemplate: template => resourcesOf(template, 'AWS::IAM::Role').forEach(properties => { properties.ManagedPolicyArns = [elsewhere]; }),
    });
    await push('backend/api');
    expect(local.unknownManagedPolicies).toEqual([elsewhere]);
    expect(local.ecr.repositories.has('backend/api')).toBe(true);
    expect(handlerOf(local)).toMatchObject({ unwritableLogs: true, logs: [], output: [{ text: 'created backend/api' }] });
  });

  test('the function is not invoked, and the event ends in the queue', async () => {
    const local = await deploy({
      mutateTemplate: template => resourcesOf(template, 'AWS::Lambda::Permission').forEach(properties => {
        properties.SourceArn = 'arn:aws:events:eu-central-1:123456789012:rule/other';
      }),
    });
    await push('backend/api');
    expect(handlerOf(local).invocations).toEqual([]);
    const [{ body }] = queueOf(local, 'Queue').messages;
    expect(JSON.parse(body)).toMatchObject({ 'source': 'aws.ecr', 'detail-type': 'AWS API Call via CloudTrail' });
    expect(local.timeline.at(-1)).toMatchObject({ source: 'sqs', text: 'the event is in the dead-letter queue: the target does not let the rule invoke it' });

    expect(local.eventSourceMappings.map(({ enabled }) => enabled)).toEqual([false]);
    local.eventSourceMappings[0].setEnabled(true);
    await local.eventSourceMappings[0].poll();
    expect(local.ecr.repositories.has('backend/api')).toBe(true);
    expect(queueOf(local, 'Queue').messages).toEqual([]);
  });

  test('an event that no queue takes is lost', async () => {
    const local = await deploy({
      mutateTemplate: template => {
        resourcesOf(template, 'AWS::Lambda::Permission').forEach(properties => { properties.Action = 'lambda:GetFunction'; });
        resourcesOf(template, 'AWS::SQS::QueuePolicy').forEach(properties => { properties.Queues = []; });
      },
    });
    await push('backend/api');
    expect(local.lost).toMatchObject([{ event: { source: 'aws.ecr' }, reason: expect.stringContaining('does not let the rule send to it') }]);
    expect(local.timeline.at(-1)).toMatchObject({ source: 'events', text: expect.stringMatching(/^the event is nowhere: /) });
  });
});

test('a call can be made to fail, and the next attempt finds it mended', async () => {
  let failures = 1;
  const local = await deploy({
    beforeCall: () => {
      if (failures-- > 0) throw new EcrError('ServerException', 'try again', 500);
    },
  });
  await push('backend/secret');
  expect(handlerOf(local).invocations.map(({ failure }) => failure?.errorType)).toEqual(['ServerException', undefined]);
  const [{ arn: kmsKey }] = local.deployment.resources('AWS::KMS::Key');
  expect(local.ecr.repositories.get('backend/secret')!.encryptionConfiguration).toEqual({ encryptionType: 'KMS', kmsKey });
});

test('a function that can never run loses its events where it has no destination', async () => {
  const local = await deploy({
    mutateTemplate: template => {
      resourcesOf(template, 'AWS::Lambda::Function').forEach(properties => { properties.ReservedConcurrentExecutions = 0; });
      resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').forEach(properties => delete properties.DestinationConfig);
    },
  });
  await push('backend/api');
  expect(local.lost).toMatchObject([{ reason: 'EventAgeExceeded, and there is no on-failure destination' }]);
  expect(local.timeline.at(-1)).toMatchObject({ source: 'lambda', text: 'the event is nowhere: EventAgeExceeded, and there is no on-failure destination' });
});

test('a warm function says so', async () => {
  const local = await deploy();
  await push('backend/one');
  await push('backend/two');
  expect(local.timeline.filter(({ source }) => source === 'lambda').map(({ text }) => text)[2]).toMatch(/^Handler\w+ is warm$/);
});

test('it can be closed while something is under way', async () => {
  const local = await deploy({ retryWaitFactor: 1, beforeCall: () => { throw new EcrError('ServerException', 'try again', 500); } });
  const failed = new Promise<void>(resolve => local.onTimeline(({ text }) => { if (text.includes('failed (ServerException')) resolve(); }));
  await fetch(`http://${local.registryHost}/v2/backend/api/blobs/uploads/`, { method: 'POST' });
  await failed;
  await local.close();
  expect(local.lost).toMatchObject([{ reason: 'the function was closed while the event waited for a retry' }]);
  expect(() => local.registryHost).toThrow('the registry is not running');
});

describe('fails when', () => {
  test('the stack does not exist', async () => {
    await expect(deploy({ stackName: 'Other' })).rejects.toThrow('the cloud assembly has no stack Other, only: Stack');
  });

  test('a service would refuse the deployment', async () => {
    const tooLong = (template: Template): void => resourcesOf(template, 'AWS::Lambda::Function').forEach(properties => {
      properties.Environment = { Variables: { LONG: 'x'.repeat(4_096) } };
    });
    await expect(deploy({ mutateTemplate: tooLong })).rejects.toThrow(/^Handler\w+: the environment variables may have at most 4096 bytes, got 4100$/);
  });

  test('the harness cannot do what the template asks for', async () => {
    const local = await deploy({
      mutateTemplate: template => resourcesOf(template, 'AWS::Events::Rule').forEach(({ Targets }) => {
        Object.assign((Targets as object[])[0], { Input: '{}' });
      }),
    });
    await expect(push('backend/api')).rejects.toThrow('the local AWS does not apply Input');
    await expect(local.idle()).resolves.toBeUndefined();
  });
});
