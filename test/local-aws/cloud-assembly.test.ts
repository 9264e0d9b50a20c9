import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Stage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { readCloudAssembly } from './cloud-assembly';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cloud-assembly-'));
  mkdirSync(join(directory, 'code'));
  writeFileSync(join(directory, 'code', 'index.js'), 'exports.handler = async () => {};');
  const app = new App({ outdir: join(directory, 'cdk.out') });
  const base = new Stack(app, 'Base', { stackName: 'named' });
  const user = new Stack(app, 'User', { env: { account: '111122223333', region: 'eu-west-1' } });
  user.addDependency(base);
  const staged = new Stack(new Stage(app, 'Stage'), 'Inner');
  for (const stack of [base, staged]) {
    const code = lambda.Code.fromAsset(join(directory, 'code'));
    new lambda.Function(stack, 'Function', { code, handler: 'index.handler', runtime: lambda.Runtime.NODEJS_24_X });
  }
  app.synth();
});

afterAll(() => rmSync(directory, { recursive: true }));

function read() {
  return new Map(readCloudAssembly(join(directory, 'cdk.out')).map(artifact => [artifact.name, artifact]));
}

function assetOf(stackName: string): string {
  const artifact = read().get(stackName)!;
  const [{ Properties }] = Object.values(artifact.template.Resources!).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  return artifact.findAsset((Properties!.Code as { S3Key: string }).S3Key);
}

test('the stacks of the app and of its stages are found by their names', () => {
  expect([...read().keys()].sort()).toEqual(['Stage-Inner', 'User', 'named']);
});

test('a stack knows what it was synthesized for and what it depends on', () => {
  expect(read().get('User')).toMatchObject({ account: '111122223333', region: 'eu-west-1', dependencies: ['named'] });
  expect(read().get('named')!.account).toBeUndefined();
  expect(read().get('named')!.region).toBeUndefined();
});

test('a template has the size of its file', () => {
  const { template, templateBytes } = read().get('named')!;
  expect(templateBytes).toBe(JSON.stringify(template, undefined, 1).length);
});

test('an asset is found by its object key, in a stage too', () => {
  expect(assetOf('named')).toMatch(new RegExp(`^${directory}/cdk.out/asset\\.[0-9a-f]+$`));
  expect(assetOf('Stage-Inner')).toBe(assetOf('named'));
});

test('fails when there is no asset of that key', () => {
  expect(() => read().get('named')!.findAsset('missing.zip')).toThrow('no asset of stack named has the object key missing.zip');
});
