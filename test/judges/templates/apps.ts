import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type App, Duration, type Environment, Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { matrixApps } from './matrix';
import { CreationTemplateTrigger, EcrAutoCreate, EcrCreationTemplates, type EcrCreationTemplatesProps } from '../../../src';
import { snippetsOfMarkdown, snippetsOfSource, stackOf } from '../../examples/snippets';
import { bothEngines, DEMO_PROPS } from '../../local-aws/demo-app';
import { distinctValues, manyPrefixes, sharedValues } from '../../local-aws/largest-apps';

/** An app whose templates are judged. */
export interface JudgedApp {
  readonly name: string;
  /** What is special about it. */
  readonly description: string;
  readonly define: (app: App) => void;
}

const PROJECT = join(__dirname, '..', '..', '..');
const EXAMPLES = join(PROJECT, 'examples');
const CONSTRUCTS = ['ecr-auto-create.ts', 'ecr-creation-templates.ts'];

/** Every app that is judged. */
export function judgedApps(): JudgedApp[] {
  return [
    ...exampleApps(), ...snippetApps(), ...matrixApps(), ...templateApps(),
    appOf('demo', 'what the demo shows first', stack => void new EcrAutoCreate(stack, 'EcrAutoCreate', DEMO_PROPS)),
    appOf('demo-engines', 'what the demo shows then', bothEngines),
    appOf('largest-shared-values', 'a configuration in files', sharedValues),
    appOf('largest-distinct-values', 'a configuration in files, its values in a function with a layer', distinctValues),
    appOf('largest-prefixes', '500 prefixes', manyPrefixes),
    appOf('control', 'faults that every judge must find', faultyQueue),
  ];
}

/** A queue that takes more than TLS, is not encrypted by a customer key, and has a property that no queue has. */
function faultyQueue(stack: Stack): void {
  const { defaultChild } = new sqs.Queue(stack, 'Faulty', { retentionPeriod: Duration.days(1) }).node;
  (defaultChild as sqs.CfnQueue).addPropertyOverride('Colour', 'blue');
}

function appOf(name: string, description: string, define: (stack: Stack) => void, env?: Environment): JudgedApp {
  return { name, description, define: app => define(new Stack(app, 'Platform', { env })) };
}

function exampleApps(): JudgedApp[] {
  const load = createRequire(__filename);
  return readdirSync(EXAMPLES, { withFileTypes: true }).filter(entry => entry.isDirectory()).map(({ name }) => {
    const { define } = load(join(EXAMPLES, name, 'app')) as { define: (app: App) => void };
    return { name: `example-${name}`, description: 'an example', define: app => define(app) };
  });
}

function snippetApps(): JudgedApp[] {
  // The snippets load modules as tests do.
  Object.assign(globalThis, { jest: { requireActual: createRequire(__filename) } });
  const snippets = [
    ...snippetsOfMarkdown(readFileSync(join(PROJECT, 'README.md'), 'utf8')),
    ...CONSTRUCTS.flatMap(file => snippetsOfSource(join(PROJECT, 'src', file))),
  ];
  return snippets.map((snippet, index) => ({
    name: `snippet-${String(index + 1).padStart(2, '0')}`,
    description: snippet.source.trim().split('\n')[0],
    define: app => void new (stackOf(snippet))(app, 'Fixture'),
  }));
}

/** ECR's templates without the events. */
function templateApps(): JudgedApp[] {
  const alone = (name: string, propsOf: (stack: Stack) => EcrCreationTemplatesProps, env?: Environment) =>
    appOf(`templates-${name}`, `only creation templates: ${name}`, stack => void new EcrCreationTemplates(stack, 'Templates', propsOf(stack)), env);
  const { CREATE_ON_PUSH, PULL_THROUGH_CACHE, REPLICATION } = CreationTemplateTrigger;
  const allowedPrefixes = ['backend/', 'frontend/'];
  return [
    alone('every-name', () => ({})),
    alone('prefixes', () => ({ allowedPrefixes }), { account: '123456789012', region: 'eu-central-1' }),
    ...[CREATE_ON_PUSH, PULL_THROUGH_CACHE, REPLICATION].map(trigger =>
      alone(trigger.value.toLowerCase().replaceAll('_', '-'), () => ({ allowedPrefixes, appliedFor: [trigger] }))),
    alone('every-setting', stack => ({
      allowedPrefixes,
      appliedFor: [CREATE_ON_PUSH, PULL_THROUGH_CACHE, REPLICATION],
      repositoryDefaults: {
        imageScanOnPush: false,
        imageTagMutability: ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
        imageTagMutabilityExclusionFilters: [ecr.ImageTagMutabilityExclusionFilter.wildcard('latest')],
        encryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }),
        lifecycleRules: [{ tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 20 }],
        tags: { team: 'platform' },
      },
      repositoryOverrides: [{ prefix: 'backend/sandbox/', settings: { imageTagMutability: ecr.TagMutability.MUTABLE, lifecycleRules: [] } }],
    })),
    alone('given-role', stack => ({ allowedPrefixes, role: new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecr.amazonaws.com') }) })),
  ];
}
