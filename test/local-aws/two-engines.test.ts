import { rmSync } from 'node:fs';
import { iamUserIdentity } from './cloudtrail';
import { bothEngines, synthesizeStack } from './demo-app';
import { LocalAws, type LocalAwsOptions } from './local-aws';
import { buildOciImage } from './oci-image';
import { findPushClient, type PushClient } from './push-clients';
import { pushUntilAccepted } from './push-loop';

const ENVIRONMENT = { partition: 'aws', region: 'eu-central-1', account: '123456789012' };
const IMAGE = buildOciImage(2);

let assembly: string;
let aws: LocalAws;
let embedded: PushClient;

beforeAll(async () => {
  assembly = synthesizeStack(bothEngines);
  embedded = await findPushClient('embedded');
});
afterAll(() => rmSync(assembly, { recursive: true }));
afterEach(async () => aws.close());

const deploy = async (options: LocalAwsOptions = {}) => { aws = await LocalAws.deploy(assembly, options); };
const reference = (repository: string) => ({ host: aws.registryHost, repository, tag: '1.0' });
const invocations = () => aws.functions.flatMap(lambda => lambda.invocations);
const outcomes = () => aws.functions.flatMap(({ logs }) => logs.filter(({ stream }) => stream === 'stdout').map(({ text }) => JSON.parse(text)));

test('with a template, the first push succeeds with each client at hand', async () => {
  const found = await Promise.all(['embedded', 'skopeo', 'podman', 'docker'].map(name => findPushClient(name).catch(() => undefined)));
  const clients = found.filter(client => client !== undefined);
  expect(clients.map(({ name }) => name)).toContain('embedded');
  await deploy();
  for (const client of clients) {
    const repository = `backend/${client.name}`;
    expect([client.name, await client.push(IMAGE, reference(repository))]).toEqual([client.name, expect.objectContaining({ ok: true })]);
    await client.close();
    expect(aws.ecr.repositories.get(repository)).toMatchObject({
      imageTagMutability: 'IMMUTABLE',
      tags: { 'created-by': 'cdk-ecr-auto-create', 'team': 'platform' },
      lifecyclePolicyText: expect.stringContaining('untagged'),
      repositoryPolicyText: expect.stringContaining('210987654321'),
    });
    expect([...aws.ecr.repositories.get(repository)!.imageTags.keys()]).toEqual(['1.0']);
  }
  await aws.idle();
  expect(invocations()).toEqual([]);
});

test('an override has a template of its own', async () => {
  await deploy();
  expect((await embedded.push(IMAGE, reference('backend/sandbox/x'))).ok).toBe(true);
  expect(aws.ecr.repositories.get('backend/sandbox/x')).toMatchObject({ imageTagMutability: 'MUTABLE', tags: { team: 'platform' } });
});

test('a name that no template covers goes the event-driven way, and tells who it was created for', async () => {
  await deploy();
  const results = await pushUntilAccepted(embedded, IMAGE, reference('team-a'), () => aws.idle());
  expect(results.map(({ ok }) => ok)).toEqual([false, true]);
  expect(outcomes()).toContainEqual(expect.objectContaining({ message: 'created team-a repository' }));
  expect(aws.ecr.repositories.get('team-a')).toMatchObject({ tags: { 'created-for': 'arn:aws:iam::123456789012:role/ci-push' }, scanOnPush: true });
});

test('a denied name is refused, with the reason in the log', async () => {
  await deploy();
  expect((await embedded.push(IMAGE, reference('team-legacy-app'))).ok).toBe(false);
  await aws.idle();
  expect(outcomes().map(({ reason }) => reason)).toEqual(invocations().map(() => 'DeniedPrefix'));
  expect(invocations().length).toBeGreaterThanOrEqual(1);
  expect(aws.ecr.repositories.size).toBe(0);
});

test('a principal that is not allowed is refused, with the reason in the log', async () => {
  await deploy({ identities: { anonymous: iamUserIdentity(ENVIRONMENT, 'jo') } });
  expect((await embedded.push(IMAGE, reference('team-a'))).ok).toBe(false);
  await aws.idle();
  expect(outcomes().length).toBeGreaterThanOrEqual(1);
  for (const outcome of outcomes()) {
    expect(outcome).toMatchObject({
      reason: 'NotAllowedPrincipal', message: 'rejected team-a repository: arn:aws:iam::123456789012:user/jo is none of allowedPrincipals',
    });
  }
  expect(aws.ecr.repositories.size).toBe(0);
});

test('a name of neither engine stays missing', async () => {
  await deploy();
  expect((await embedded.push(IMAGE, reference('other/x'))).ok).toBe(false);
  await aws.idle();
  expect(invocations()).toEqual([]);
  expect(aws.ecr.repositories.size).toBe(0);
});
