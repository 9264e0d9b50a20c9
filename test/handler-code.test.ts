import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnParameter, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { EcrAutoCreate, type RepositorySettings } from '../src';
import { createStack, handlerConfiguration, only, readable, readJson } from './fixtures';

const BUNDLE = join(__dirname, '..', 'assets', 'handler', 'index.js');

/** Settings whose lifecycle policy has about that many characters. */
const settingsOf = (length: number): RepositorySettings => ({
  lifecyclePolicyText: JSON.stringify({
    rules: [{ rulePriority: 1, description: 'x'.repeat(length), selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1 }, action: { type: 'expire' } }],
  }),
});

function functionOf(stack: Stack) {
  const { Environment, Code } = only(Template.fromStack(stack), 'AWS::Lambda::Function').Properties;
  return { variables: Environment.Variables, hash: Code.S3Key.replace('.zip', '') };
}

describe('a small configuration', () => {
  test('is in the environment, beside the bundle that all constructs share', () => {
    const stack = createStack();
    new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryDefaults: settingsOf(500) });
    const { variables, hash } = functionOf(stack);
    expect(Object.keys(variables)).toEqual(['ECR_AUTO_CREATE_CONFIGURATION']);
    expect(readFileSync(join((stack.node.root as App).outdir, `asset.${hash}`, 'index.js'))).toEqual(readFileSync(BUNDLE));
  });
});

describe('a large configuration', () => {
  test('is in files beside the bundle, with its deploy-time values in the environment', () => {
    const stack = createStack();
    const team = new CfnParameter(stack, 'Team').valueAsString;
    new EcrAutoCreate(stack, 'EcrAutoCreate', {
      allowedPrefixes: Array.from({ length: 500 }, (_, index) => `team-${index}/`),
      repositoryDefaults: { ...settingsOf(20_000), tags: { team } },
    });
    const { variables, hash } = functionOf(stack);
    expect(Object.keys(variables)).toEqual(['ECR_AUTO_CREATE_VALUES']);
    const directory = join((stack.node.root as App).outdir, `asset.${hash}`);
    expect(readFileSync(join(directory, 'index.js'))).toEqual(readFileSync(BUNDLE));
    expect(readdirSync(directory).sort()).toEqual(['configuration.json', 'index.js', 'settings']);
    expect(readFileSync(join(directory, 'settings', 'defaults.json'), 'utf8').length).toBeGreaterThan(20_000);

    const configuration = handlerConfiguration(stack);
    expect(configuration.allowedPrefixes).toHaveLength(500);
    expect(configuration.repositoryArnPrefix).toBe('arn:<AWS::Partition>:ecr:<AWS::Region>:<AWS::AccountId>:repository/');
    expect(configuration.settings.repository.tags).toContainEqual({ Key: 'team', Value: '<Team>' });
  });

  test('is an asset that the deployment publishes', () => {
    const app = new App();
    const stack = new Stack(app, 'Platform');
    new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryDefaults: settingsOf(5_000) });
    const { hash } = functionOf(stack);
    const { files } = readJson(join(app.outdir, 'Platform.assets.json'));
    expect(files[hash].source).toEqual({ path: `asset.${hash}`, packaging: 'zip' });
  });

  test('is another asset where it differs, and the same where it does not', () => {
    const hashes = [5_000, 5_000, 5_001].map(length => {
      const stack = createStack();
      new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryDefaults: settingsOf(length) });
      return functionOf(stack).hash;
    });
    expect(hashes[1]).toBe(hashes[0]);
    expect(hashes[2]).not.toBe(hashes[0]);
  });

  test('works in a stage and in a nested stack', () => {
    const app = new App();
    const stage = new Stage(app, 'Production');
    const stack = new Stack(stage, 'Platform');
    new EcrAutoCreate(new NestedStack(stack, 'Nested'), 'EcrAutoCreate', { repositoryDefaults: settingsOf(5_000) });
    const { outdir } = app;
    const assembly = app.synth().getNestedAssembly('assembly-Production');
    const { files } = readJson(join(assembly.directory, `${stack.artifactId}.assets.json`));
    const sources = Object.values(files as Record<string, { source: { path: string } }>).map(({ source }) => join(assembly.directory, source.path));
    const withConfiguration = sources.filter(path => existsSync(join(path, 'configuration.json')));
    expect(withConfiguration).toHaveLength(1);
    expect(withConfiguration[0].startsWith(outdir)).toBe(true);
  });

  test('is decided at synth, when a policy has grown', () => {
    const stack = createStack();
    const repositoryPolicy = new iam.PolicyDocument();
    new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryDefaults: { repositoryPolicy } });
    for (let index = 0; index < 30; index++) {
      repositoryPolicy.addStatements(new iam.PolicyStatement({
        principals: [new iam.AccountPrincipal('210987654321')], actions: ['ecr:BatchGetImage'], conditions: { StringEquals: { 'aws:PrincipalTag/team': `team-${index}` } },
      }));
    }
    expect(Object.keys(functionOf(stack).variables)).toEqual(['ECR_AUTO_CREATE_VALUES']);
    expect((handlerConfiguration(stack).settings.repositoryPolicy as { Statement: unknown[] }).Statement).toHaveLength(30);
  });
});

describe('a configuration with more deploy-time values than an environment holds', () => {
  const stack = createStack();
  const keys = Array.from({ length: 100 }, (_, index) => new kms.Key(stack, `Key${index}`));
  new EcrAutoCreate(stack, 'EcrAutoCreate', {
    repositoryDefaults: settingsOf(100),
    repositoryOverrides: keys.map((encryptionKey, index) => ({ prefix: `team-${index}/`, settings: { encryptionKey } })),
  });
  const template = Template.fromStack(stack);

  test('has its values in inline code, and the handler in a layer', () => {
    const { Code, Environment, Layers, Handler } = only(template, 'AWS::Lambda::Function').Properties;
    expect(Environment).toBeUndefined();
    expect(Handler).toBe('index.handler');
    expect(Layers).toEqual([{ Ref: Object.keys(template.findResources('AWS::Lambda::LayerVersion'))[0] }]);
    const code = readable(Code.ZipFile);
    expect(code).toMatch(/^process\.env\.ECR_AUTO_CREATE_VALUES = JSON\.stringify\(\["<AWS::Partition>",.*<Key99\w+\.Arn>"\]\);\nexports\.handler = require\('ecr-auto-create'\)\.handler;\n$/);
  });

  test('is complete', () => {
    const configuration = handlerConfiguration(stack);
    expect(configuration.overrides).toHaveLength(100);
    expect(configuration.overrides?.[42]).toMatchObject({
      prefix: 'team-42/', settings: { repository: { encryptionConfiguration: { encryptionType: 'KMS', kmsKey: expect.stringMatching(/^<Key42\w+\.Arn>$/) } } },
    });
  });
});

test('no environment is larger than Lambda accepts, whatever the size of the configuration', () => {
  for (let length = 0; length < 4_000; length += 250) {
    const stack = createStack();
    new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryDefaults: settingsOf(length) });
    const bytes = Object.entries(functionOf(stack).variables)
      .reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(JSON.stringify(value)), 0);
    expect(bytes).toBeLessThan(4_096);
  }
});
