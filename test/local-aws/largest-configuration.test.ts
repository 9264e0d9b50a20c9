import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { synthesizeStack } from './demo-app';
import { distinctValues, largeSettings, manyPrefixes, OVERRIDES, PREFIXES, sharedValues, teamPrefix } from './largest-apps';
import { LocalAws, type LocalAwsOptions } from './local-aws';
import { buildOciImage } from './oci-image';
import { findPushClient, type PushClient } from './push-clients';
import { pushUntilAccepted } from './push-loop';

const ACCOUNT = '123456789012';
const IMAGE = buildOciImage(2);

let client: PushClient;
let assembly: string;
let aws: LocalAws;

beforeAll(async () => { client = await findPushClient('embedded'); });

/** Deploys an app once for the tests of a group. What exceeds a quota of AWS fails here. */
function deployOnce(define: (stack: Stack) => void, options: LocalAwsOptions = {}) {
  beforeAll(async () => {
    assembly = synthesizeStack(define);
    aws = await LocalAws.deploy(assembly, options);
  });
  afterAll(async () => {
    await aws.close();
    rmSync(assembly, { recursive: true });
  });
}

async function pushTwice(repository: string) {
  const results = await pushUntilAccepted(client, IMAGE, { host: aws.registryHost, repository, tag: '1.0' }, () => aws.idle(), 2);
  return results.map(({ ok }) => ok);
}

const repositoryOf = (name: string) => aws.ecr.repositories.get(name)!;
const handlerOf = () => aws.deployment.resources('AWS::Lambda::Function')[0];
const arnOf = (type: string, id: string) => aws.deployment.resources(type).find(({ logicalId }) => logicalId.slice(0, -8) === id)!.arn!;
const logLines = () => aws.functions.flatMap(({ logs }) => logs.filter(({ stream }) => stream === 'stdout').map(({ text }) => JSON.parse(text)));
const refusals = () => aws.timeline.filter(({ source, text }) => source === 'iam' && !text.startsWith('allowed')).map(({ text }) => text);

/** @param suffix of the ids of the override's parameter and key */
function expectOwnSettings(name: string, team: number, suffix: string) {
  const { encryptionConfiguration, lifecyclePolicyText, repositoryPolicyText, tags } = repositoryOf(name);
  const expected = largeSettings(team, { account: ACCOUNT, partition: 'aws', roleArn: arnOf('AWS::IAM::Role', 'Deployer'), parameter: `contact${suffix}` });
  expect(JSON.parse(lifecyclePolicyText!)).toEqual(expected.lifecyclePolicy);
  expect(JSON.parse(repositoryPolicyText!)).toEqual(expected.repositoryPolicy);
  expect(tags).toEqual({ 'created-by': 'cdk-ecr-auto-create', 'cdk-ecr-auto-create:owner': expect.stringMatching(/^Platform\//), ...expected.tags });
  expect(encryptionConfiguration).toEqual({ encryptionType: 'KMS', kmsKey: arnOf('AWS::KMS::Key', `Key${suffix}`) });

  // As large as the contract says: ECR takes 30,720 and 10,240 characters.
  expect(lifecyclePolicyText!.length).toBeGreaterThan(29_500);
  expect(repositoryPolicyText!.length).toBeGreaterThan(9_500);
}

describe('100 overrides with large policies, and few deploy-time values', () => {
  deployOnce(sharedValues, { parameters: { Contact: 'contact' } });

  test('are files beside the handler', () => {
    const { Code, Environment, Layers } = handlerOf().properties as Record<string, Record<string, object>>;
    expect(Object.keys(Environment.Variables)).toEqual(['ECR_AUTO_CREATE_VALUES']);
    expect(Layers).toBeUndefined();
    expect(existsSync(join(aws.deployment.findAsset('Platform', String(Code.S3Key)), 'settings', `override-${OVERRIDES - 1}.json`))).toBe(true);
  });

  test.each([0, 49, 99])('give the repository of override %i its own settings', async team => {
    expect(await pushTwice(`${teamPrefix(team)}api`)).toEqual([false, true]);
    expectOwnSettings(`${teamPrefix(team)}api`, team, '');
  });

  test('leave the defaults to every other name', async () => {
    expect(await pushTwice('other/api')).toEqual([false, true]);
    const { encryptionConfiguration, lifecyclePolicyText, repositoryPolicyText } = repositoryOf('other/api');
    expect(encryptionConfiguration).toEqual({ encryptionType: 'KMS', kmsKey: arnOf('AWS::KMS::Key', 'Key') });
    expect([lifecyclePolicyText, repositoryPolicyText]).toEqual([undefined, undefined]);
    expect(refusals()).toEqual([]);
  });
});

describe('100 overrides with large policies, each with a key and a parameter of its own', () => {
  const parameters = Object.fromEntries(Array.from({ length: OVERRIDES }, (_, team) => [`Contact${team}`, `contact${team}`]));
  deployOnce(distinctValues, { parameters });

  test('are a layer, and their values are in inline code', () => {
    const { Code, Environment, Layers } = handlerOf().properties as Record<string, Record<string, unknown>>;
    expect(Environment).toBeUndefined();
    expect(Layers).toHaveLength(1);
    expect(Code.ZipFile).toContain(`${arnOf('AWS::KMS::Key', 'Key99')}"`);
  });

  test.each([0, 50, 99])('give the repository of override %i its own settings', async team => {
    expect(await pushTwice(`${teamPrefix(team)}api`)).toEqual([false, true]);
    expectOwnSettings(`${teamPrefix(team)}api`, team, String(team));
    expect(refusals()).toEqual([]);
  });
});

describe('500 allowed prefixes', () => {
  deployOnce(manyPrefixes);

  test.each([0, 250, PREFIXES - 1])('let prefix %i create', async team => {
    expect(await pushTwice(`${teamPrefix(team)}api`)).toEqual([false, true]);
    expect(JSON.parse(repositoryOf(`${teamPrefix(team)}api`).lifecyclePolicyText!)).toMatchObject({ rules: [{ selection: { countNumber: 20 } }] });
    expect(refusals()).toEqual([]);
  });

  test('refuse a name under none of them in the handler, as the rule lets it through', async () => {
    const name = `${teamPrefix(PREFIXES)}api`;
    expect(await pushTwice(name)).toEqual([false, false]);
    await aws.idle();
    const lines = logLines().filter(({ repositoryName }) => repositoryName === name);
    expect(lines.length).toBeGreaterThanOrEqual(1);
    for (const line of lines) expect(line).toMatchObject({ outcome: 'rejected', reason: 'NotAllowedPrefix' });
    expect(aws.ecr.calls.filter(({ input }) => JSON.stringify(input).includes(name))).toEqual([]);
  });
});
