import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnDynamicReference, CfnDynamicReferenceService, CfnParameter, Lazy, LegacyStackSynthesizer, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
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

describe('a whole policy that is known only at deployment', () => {
  test('is a value in inline code, as its length is unknown', () => {
    const stack = createStack();
    const lifecyclePolicyText = new CfnParameter(stack, 'Policy').valueAsString;
    new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryOverrides: [{ prefix: 'a/', settings: { lifecyclePolicyText } }] });
    expect(only(Template.fromStack(stack), 'AWS::Lambda::Function').Properties.Code.ZipFile).toBeDefined();
    expect(handlerConfiguration(stack).overrides).toMatchObject([{ settings: { lifecyclePolicy: '<Policy>' } }]);
  });
});

test('a dynamic reference is in the template, where CloudFormation replaces it', () => {
  const stack = createStack();
  const team = new CfnDynamicReference(CfnDynamicReferenceService.SSM, 'team:1').toString();
  new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryDefaults: { ...settingsOf(5_000), tags: { team: `team ${team}` } } });
  expect(readable(functionOf(stack).variables.ECR_AUTO_CREATE_VALUES)).toContain('"{{resolve:ssm:team:1}}"');
  expect(handlerConfiguration(stack).settings.repository.tags).toContainEqual({ Key: 'team', Value: 'team {{resolve:ssm:team:1}}' });
});

describe('a key of another stack', () => {
  test.each([['a small configuration', 100, 1], ['files', 5_000, 1], ['inline code', 100, 30]])('is imported in %s', (_, length, count) => {
    const app = new App();
    const other = new Stack(app, 'Keys');
    const keys = Array.from({ length: count }, (_key, index) => new kms.Key(other, `Key${index}`));
    const stack = new Stack(app, 'Platform');
    new EcrAutoCreate(stack, 'EcrAutoCreate', {
      repositoryDefaults: settingsOf(length), repositoryOverrides: keys.map((encryptionKey, index) => ({ prefix: `team-${index}/`, settings: { encryptionKey } })),
    });
    const { Code, Environment } = only(Template.fromStack(stack), 'AWS::Lambda::Function').Properties;
    const imports = JSON.stringify([Code, Environment]).match(/"Fn::ImportValue":"Keys:ExportsOutputFnGetAttKey\d+\w+Arn\w+"/g);
    expect(imports).toHaveLength(count);
  });

  test('is imported where a version of the function is made, for which the CDK resolves the function while it looks for references', () => {
    const app = new App();
    const encryptionKey = new kms.Key(new Stack(app, 'Keys'), 'Key');
    const stack = new Stack(app, 'Platform');
    const { handler } = new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryDefaults: { ...settingsOf(5_000), encryptionKey } });
    expect(handler.currentVersion.version).toBeDefined();
    const { variables } = functionOf(stack);
    expect(JSON.stringify(variables)).toContain('Fn::ImportValue');
    expect(JSON.stringify(variables)).not.toContain('Fn::GetAtt');
  });

  test('of the parent stack is a parameter of a nested stack', () => {
    const stack = createStack();
    const nested = new NestedStack(stack, 'Nested');
    new EcrAutoCreate(nested, 'EcrAutoCreate', { repositoryDefaults: { ...settingsOf(5_000), encryptionKey: new kms.Key(stack, 'Key') } });
    const template = Template.fromStack(nested);
    const [parameter] = JSON.stringify(only(template, 'AWS::Lambda::Function').Properties.Environment).match(/referencetoPlatformKey\w+Arn/)!;
    expect(Object.keys(template.toJSON().Parameters)).toContain(parameter);
  });
});

describe('each synth', () => {
  const grow = (document: iam.PolicyDocument, index: number) => document.addStatements(new iam.PolicyStatement({
    sid: `S${index}`, principals: [new iam.ServicePrincipal('lambda.amazonaws.com')], actions: ['ecr:BatchGetImage'],
  }));

  test.each([100, 5_000])('renders the configuration as it is then: %i characters', length => {
    const app = new App();
    const stack = new Stack(app, 'Platform');
    const repositoryPolicy = new iam.PolicyDocument();
    const { handler } = new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryDefaults: { ...settingsOf(length), repositoryPolicy } });
    const { code } = handler.node.defaultChild as lambda.CfnFunction;
    const statements = () => (handlerConfiguration(stack).settings.repositoryPolicy as { Statement: unknown[] }).Statement.length;

    grow(repositoryPolicy, 1);
    const before = stack.resolve(code);
    grow(repositoryPolicy, 2);
    if (length > 1_000) expect(stack.resolve(code)).not.toEqual(before);

    app.synth();
    expect(statements()).toBe(2);
    grow(repositoryPolicy, 3);
    app.synth({ force: true });
    expect(statements()).toBe(3);
  });

  test('resolves a configuration only twice', () => {
    const stack = createStack();
    let count = 0;
    const team = Lazy.uncachedString({ produce: () => `team-${++count}` });
    new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryDefaults: { ...settingsOf(5_000), tags: { team } } });
    (stack.node.root as App).synth();
    expect(count).toBe(2);
  });
});

describe('a policy that has grown by too many deploy-time values', () => {
  const grown = (count: number) => {
    const stack = createStack();
    const repositoryPolicy = new iam.PolicyDocument();
    new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryDefaults: { repositoryPolicy } });
    for (let index = 0; index < count; index++) {
      const role = new iam.Role(stack, `Role${index}`, { assumedBy: new iam.AccountRootPrincipal() });
      repositoryPolicy.addStatements(new iam.PolicyStatement({ principals: [role], actions: ['ecr:BatchGetImage'] }));
    }
    return stack;
  };

  test('is an error at synth', () => {
    expect(() => Template.fromStack(grown(40))).toThrow(
      'repositoryPolicy must have its tokens before the construct is made, got documents with 43 deploy-time values at synth');
  });

  test('is none as long as the environment holds them', () => {
    expect(Object.keys(functionOf(grown(30)).variables)).toEqual(['ECR_AUTO_CREATE_VALUES']);
  });
});

describe('with the legacy synthesizer, whose assets are parameters', () => {
  test.each([false, true])('a small configuration has the bundle, in a nested stack: %s', inNestedStack => {
    const root = createStack({ synthesizer: new LegacyStackSynthesizer() });
    const stack = inNestedStack ? new NestedStack(root, 'Nested') : root;
    new EcrAutoCreate(stack, 'EcrAutoCreate');
    const template = Template.fromStack(stack);
    expect(Object.keys(template.toJSON().Parameters)).toContain(only(template, 'AWS::Lambda::Function').Properties.Code.S3Bucket.Ref);
  });

  test.each([false, true])('a large configuration is an error, in a nested stack: %s', inNestedStack => {
    const root = createStack({ synthesizer: new LegacyStackSynthesizer() });
    const stack = inNestedStack ? new NestedStack(root, 'Nested') : root;
    new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryDefaults: settingsOf(5_000) });
    expect(() => Template.fromStack(stack)).toThrow('a configuration of this size must be in a stack whose synthesizer makes no parameters of assets');
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

test('a value counts as often as the environment has it', () => {
  const team = (stack: Stack) => new CfnParameter(stack, 'Team').valueAsString;
  const variablesFor = (count: number) => {
    const stack = createStack();
    const value = team(stack);
    new EcrAutoCreate(stack, 'EcrAutoCreate', { repositoryDefaults: { tags: Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, value])) } });
    return Object.keys(functionOf(stack).variables);
  };
  expect(variablesFor(3)).toEqual(['ECR_AUTO_CREATE_CONFIGURATION']);
  expect(variablesFor(30)).toEqual(['ECR_AUTO_CREATE_VALUES']);
});
