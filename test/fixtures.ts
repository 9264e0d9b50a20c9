import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type AppProps, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EcrAutoCreate, type EcrAutoCreateProps } from '../src';
import { ENVIRONMENT, type HandlerConfiguration, loadConfiguration } from '../src/handler/configuration';

export const ENV = { account: '123456789012', region: 'eu-central-1' };

/** What EventBridge needs in the policy of a queue's customer key. */
export const EVENTBRIDGE_KEY_STATEMENT = {
  Effect: 'Allow',
  Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
  Principal: { Service: 'events.amazonaws.com' },
  Resource: '*',
  Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
};

export function createStack(props: StackProps = {}, appProps: AppProps = {}): Stack {
  return new Stack(new App(appProps), 'Platform', props);
}

/** The template of a stack with just this construct. */
export function templateOf(props: EcrAutoCreateProps = {}, stack = createStack()): Template {
  new EcrAutoCreate(stack, 'EcrAutoCreate', props);
  return Template.fromStack(stack);
}

/** The only resource of that type. */
export function only(template: Template, type: string) {
  const resources = Object.values(template.findResources(type));
  expect(resources).toHaveLength(1);
  return resources[0];
}

/** A resolved string, each value known only at deployment written as `<its JSON>`. */
export function readable(value: unknown): string {
  if (typeof value === 'string') return value;
  const object = value as Record<string, unknown>;
  if ('Fn::Join' in object) {
    const [delimiter, parts] = object['Fn::Join'] as [string, unknown[] | { 'Fn::Split': [string, unknown] }];
    // Split and joined again: escaped.
    if ('Fn::Split' in parts) return readable(parts['Fn::Split'][1]);
    return parts.map(readable).join(delimiter);
  }
  if ('Ref' in object) return `<${object.Ref}>`;
  if ('Fn::GetAtt' in object) return `<${(object['Fn::GetAtt'] as string[]).join('.')}>`;
  return `<${JSON.stringify(value).replaceAll('"', '\'')}>`;
}

/** The configuration as the handler would load it, from the environment or from the files of its asset. */
export function handlerConfiguration(stack: Stack): HandlerConfiguration {
  const template = Template.fromStack(stack);
  const { Environment, Code } = only(template, 'AWS::Lambda::Function').Properties;
  const outdir = (stack.node.root as App).outdir;
  const asset = (key: string) => join(outdir, `asset.${key.replace('.zip', '')}`);

  let environment: Record<string, string>;
  let directory: string;
  if (Code.ZipFile === undefined) {
    environment = Object.fromEntries(Object.entries(Environment.Variables).map(([name, value]) => [name, readable(value)]));
    expect(Object.keys(environment)).toEqual([expect.stringMatching(`^(${Object.values(ENVIRONMENT).join('|')})$`)]);
    directory = asset(Code.S3Key);
  } else {
    expect(Environment).toBeUndefined();
    environment = { [ENVIRONMENT.VALUES]: /JSON\.stringify\((\[.*\])\);/.exec(readable(Code.ZipFile))![1] };
    directory = join(asset(only(template, 'AWS::Lambda::LayerVersion').Properties.Content.S3Key), 'nodejs/node_modules/ecr-auto-create');
  }
  const { settings, overrides, ...rules } = loadConfiguration(environment, directory);
  return {
    ...rules,
    settings: settings(),
    ...(overrides.length > 0 && { overrides: overrides.map(override => ({ ...override, settings: override.settings() })) }),
  };
}

/** The CDK's messages of that level on the construct and below. */
export function messages(template: Template, stack: Stack, level: 'info' | 'warning' | 'error'): string[] {
  expect(template).toBeInstanceOf(Template);
  return stack.node.findAll().flatMap(({ node }) => node.metadata.filter(({ type }) => type === `aws:cdk:${level}`).map(({ data }) => data));
}

export function readJson(path: string) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
