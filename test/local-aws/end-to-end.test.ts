import { rmSync } from 'node:fs';
import type { Template } from './cloud-assembly';
import { DEMO_PROPS, synthesizeApp } from './demo-app';
import { EcrError } from './ecr';
import { LocalAws, type LocalAwsOptions } from './local-aws';
import { buildOciImage } from './oci-image';
import { findPushClient, type PushClient } from './push-clients';
import { pushUntilAccepted } from './push-loop';
import type { EcrAutoCreateProps } from '../../src';

const ACCOUNT = '123456789012';
const LAYERS = 3;
const IMAGE = buildOciImage(LAYERS);

let client: PushClient;
let aws: LocalAws;
let assembly: string;

beforeAll(async () => { client = await findPushClient(); });
afterAll(async () => client.close());

async function deploy(props: EcrAutoCreateProps = DEMO_PROPS, options: LocalAwsOptions = {}) {
  assembly = synthesizeApp(props);
  aws = await LocalAws.deploy(assembly, options);
}

afterEach(async () => {
  await aws.close();
  rmSync(assembly, { recursive: true });
});

const reference = (repository: string) => ({ host: aws.registryHost, repository, tag: '1.0' });
const push = (repository: string) => client.push(IMAGE, reference(repository));
const logLines = () => aws.functions.flatMap(({ logs }) => logs.filter(({ stream }) => stream === 'stdout').map(({ text }) => JSON.parse(text)));
const succeeded = () => aws.ecr.calls.filter(({ error }) => error === undefined).map(({ action }) => action);

test('a push to a missing repository creates it, and the push is accepted when it is repeated', async () => {
  await deploy();
  const results = await pushUntilAccepted(client, IMAGE, reference('backend/payments'), () => aws.idle());

  // The first push is refused as ECR refuses it, and the second accepted.
  expect(results.map(({ ok }) => ok)).toEqual([false, true]);
  expect(results[0].output).toMatch(/does not exist in the registry|name unknown|NAME_UNKNOWN/i);

  // CloudTrail told of it, the rule matched, the function ran: cold at least once.
  const failures = aws.timeline.filter(({ source, details }) => source === 'registry' && details.repositoryName === 'backend/payments');
  expect(failures.length).toBeGreaterThanOrEqual(1);
  for (const { details } of failures) expect(details.errorCode).toBe('RepositoryNotFoundException');
  const [handler] = aws.functions;
  expect(handler.invocations[0].cold).toBe(true);
  expect(handler.invocations.map(({ failure }) => failure)).toEqual(handler.invocations.map(() => undefined));

  // The repository is there, once, with all settings.
  expect(succeeded().filter(action => action === 'CreateRepository')).toHaveLength(1);
  const owner = `Platform/${'PlatformEcrAutoCreate4E50C63D'}`;
  expect(aws.ecr.repositories.get('backend/payments')).toMatchObject({
    imageTagMutability: 'IMMUTABLE',
    scanOnPush: true,
    tags: { 'created-by': 'cdk-ecr-auto-create', 'cdk-ecr-auto-create:owner': owner, 'team': 'platform' },
    createdBy: expect.stringMatching(`^arn:aws:sts::${ACCOUNT}:assumed-role/`),
  });
  const { lifecyclePolicyText, repositoryPolicyText } = aws.ecr.repositories.get('backend/payments')!;
  expect(JSON.parse(lifecyclePolicyText!)).toMatchObject({ rules: [{ selection: { tagStatus: 'untagged', countNumber: 20 } }] });
  expect(JSON.parse(repositoryPolicyText!)).toMatchObject({ Statement: [{ Principal: { AWS: 'arn:aws:iam::210987654321:root' } }] });

  // What was pushed is in it.
  expect([...aws.ecr.repositories.get('backend/payments')!.imageTags.keys()]).toEqual(['1.0']);

  // The log tells of it, with who pushed and how long it took, and the role may write the log.
  expect(handler.unwritableLogs).toBe(false);
  expect(logLines().filter(({ outcome }) => outcome === 'created')).toEqual([expect.objectContaining({
    message: 'created backend/payments repository',
    pushedBy: expect.stringMatching(`^arn:aws:sts::${ACCOUNT}:assumed-role/ci-push/`),
    millisecondsSincePush: expect.any(Number),
    RepositoriesCreated: 1,
    FunctionName: handler.name,
  })]);
  expect(aws.queues.flatMap(({ messages }) => messages)).toEqual([]);
  expect(aws.lost).toEqual([]);
});

test('a push under a prefix that is not allowed creates nothing and costs no invocation', async () => {
  await deploy();
  expect((await push('sandbox/payments')).ok).toBe(false);
  await aws.idle();
  expect(aws.timeline.filter(({ source }) => source === 'events').map(({ text }) => text)).toEqual(
    expect.arrayContaining([expect.stringMatching(/ matches no rule$/)]));
  expect(aws.functions[0].invocations).toEqual([]);
  expect(aws.ecr.repositories.size).toBe(0);
  expect((await push('sandbox/payments')).ok).toBe(false);
});

test('the handler refuses by itself what the rule should have kept from it', async () => {
  await deploy();
  await push('sandbox/payments');
  const event = aws.timeline.find(({ source }) => source === 'cloudtrail')!.details.event;
  const { failure } = await aws.functions[0].invoke(event);
  expect(failure).toBeUndefined();
  expect(logLines()).toEqual([expect.objectContaining({ outcome: 'rejected', reason: 'NotAllowedPrefix', PushesRejected: 1 })]);
  expect(aws.ecr.repositories.size).toBe(0);
});

test('without ecr:CreateRepository the event is in the dead-letter queue after three attempts, and nothing is lost', async () => {
  await deploy(DEMO_PROPS, { mutateTemplate: without('ecr:CreateRepository') });
  expect((await push('backend/payments')).ok).toBe(false);
  await aws.idle();
  const [handler] = aws.functions;
  const [queue] = aws.queues;

  expect(aws.ecr.repositories.size).toBe(0);
  const events = new Set(handler.invocations.map(({ requestId }) => requestId)).size;
  expect(handler.invocations).toHaveLength(3 * events);
  for (const { failure } of handler.invocations) expect(failure?.errorType).toBe('AccessDeniedException');
  expect(logLines().every(({ outcome, errorName, CreateFailures }) =>
    outcome === 'failed' && errorName === 'AccessDeniedException' && CreateFailures === 1)).toBe(true);

  expect(queue.messages).toHaveLength(events);
  for (const { body } of queue.messages) {
    expect(JSON.parse(body)).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { detail: { requestParameters: { repositoryName: 'backend/payments' } } },
    });
  }
  expect(aws.lost).toEqual([]);
});

test('without the permission to invoke, the undelivered event is in the dead-letter queue', async () => {
  await deploy(DEMO_PROPS, {
    mutateTemplate: ({ Resources = {} }) => {
      for (const [id, { Type }] of Object.entries(Resources)) if (Type === 'AWS::Lambda::Permission') delete Resources[id];
    },
  });
  await push('backend/payments');
  await aws.idle();
  expect(aws.functions[0].invocations).toEqual([]);
  expect(aws.queues[0].messages.length).toBeGreaterThanOrEqual(1);
  expect(JSON.parse(aws.queues[0].messages[0].body)).toMatchObject({ source: 'aws.ecr', detail: { errorCode: 'RepositoryNotFoundException' } });
  expect(aws.lost).toEqual([]);
});

test('what fails after the creation is completed by the retry', async () => {
  let failures = 1;
  await deploy(DEMO_PROPS, {
    concurrency: 1,
    beforeCall: action => {
      if (action === 'PutLifecyclePolicy' && failures-- > 0) throw new EcrError('ServerException', 'try again', 500);
    },
  });
  await push('backend/payments');
  await aws.idle();
  expect(aws.ecr.repositories.get('backend/payments')).toMatchObject({ lifecyclePolicyText: expect.any(String), repositoryPolicyText: expect.any(String) });
  expect(aws.queues[0].messages).toEqual([]);
});

function without(action: string) {
  return ({ Resources = {} }: Template) => {
    for (const { Type, Properties } of Object.values(Resources)) {
      if (Type !== 'AWS::IAM::ManagedPolicy') continue;
      const { Statement } = (Properties as { PolicyDocument: { Statement: { Action: string | string[] }[] } }).PolicyDocument;
      for (const statement of Statement) statement.Action = [statement.Action].flat().filter(other => other !== action);
    }
  };
}
