import { join } from 'node:path';
import { App, CfnElement, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { type AppConstruct, defineApp, ENVIRONMENTS } from './apps';
import type { Purpose } from './contract';
import { EXAMPLE_ACCOUNT, EXAMPLES_RULES, synthesizeExamples } from './examples';
import { EcrAutoCreate } from '../../../src';
import { readCloudAssembly } from '../../local-aws/cloud-assembly';
import { deploy, type DeployedResource, type Deployment } from '../../local-aws/cloudformation';
import { environmentOf } from '../../local-aws/deployment-target';
import { isObject, type JsonObject } from '../../local-aws/json';
import type { Environment } from '../../local-aws/physical-resource';

/** A rule of a synthesised and deployed app, its pattern with values for all intrinsic functions. */
export interface JudgedRule {
  readonly name: string;
  readonly pattern: JsonObject;
  /** Missing where nothing is known of such a rule. */
  readonly purpose?: Purpose;
}

/** The rules of what is deployed to one account and Region. */
export interface DeployedRules {
  readonly environment: Environment;
  readonly rules: readonly JudgedRule[];
}

/** The rules of apps with every kind of pattern, with and without an account and Region of their own, in each partition. */
export function rulesOfApps(directory: string): DeployedRules[] {
  return ENVIRONMENTS.flatMap(environment => {
    const emptyListLength = JSON.stringify(defaultPattern(directory, environment)).length + ',"repositoryName":[]'.length;
    return [true, false].map(fixed => {
      const app = new App({ outdir: join(directory, `${environment.partition}-${fixed ? 'fixed' : 'anywhere'}`) });
      const constructs = defineApp(app, environment, fixed, emptyListLength);
      const deployment = deploy(readCloudAssembly(app.synth().directory), environment);
      const purposes = new Map(constructs.flatMap(construct => purposesOf(construct, deployment)));
      return { environment, rules: judgedRules(fixed ? 'fixed' : 'anywhere', deployment, ({ logicalId }) => purposes.get(logicalId)) };
    });
  });
}

/** The rules of the examples, one entry a stack. */
export async function rulesOfExamples(directory: string): Promise<DeployedRules[]> {
  const assemblies = [...await synthesizeExamples(directory)];
  const wanted = new Set(Object.entries(EXAMPLES_RULES).flatMap(([example, rules]) => Object.keys(rules ?? {}).map(part => `${example}: ${part}`)));
  const found = assemblies.flatMap(([example, assembly]) => readCloudAssembly(assembly).map((stack): DeployedRules => {
    const deployment = deploy([stack], environmentOf([stack], { account: EXAMPLE_ACCOUNT }), { NotificationAddress: 'platform@example.com' });
    const known = Object.entries(EXAMPLES_RULES[example] ?? {});
    const rules = judgedRules(`${example}/${stack.name}`, deployment, ({ logicalId }) => {
      const [part, purpose] = known.find(([each]) => logicalId.startsWith(each)) ?? [];
      if (purpose === undefined) return undefined;
      wanted.delete(`${example}: ${part}`);
      if (purpose === 'created repositories') return { of: purpose, creators: creatorsIn(deployment) };
      return { of: 'failed pushes', ...(purpose.failedPushes !== 'every name' && { allowedPrefixes: purpose.failedPushes }) };
    });
    return { environment: deployment.environment, rules };
  }));
  if (wanted.size > 0) throw new Error(`examples must have the rules that are expected, got none for ${[...wanted].join(', ')}`);
  return found;
}

function defaultPattern(directory: string, environment: Environment): unknown {
  const app = new App({ outdir: join(directory, `${environment.partition}-default`) });
  new EcrAutoCreate(new Stack(app, 'Measure'), 'EcrAutoCreate');
  return deploy(readCloudAssembly(app.synth().directory), environment).resources('AWS::Events::Rule')[0].properties.EventPattern;
}

function judgedRules(app: string, deployment: Deployment, purposeOf: (rule: DeployedResource) => Purpose | undefined): JudgedRule[] {
  return deployment.resources('AWS::Events::Rule').map(rule => {
    const { EventPattern: pattern } = rule.properties;
    const name = `${deployment.environment.partition} ${app} ${rule.logicalId}`;
    if (!isObject(pattern)) throw new Error(`${name} must have a pattern`);
    return { name, pattern, purpose: purposeOf(rule) };
  });
}

/** What the rules of a construct are for, by their logical ids. */
function purposesOf({ allowedPrefixes, construct, creationRules }: AppConstruct, deployment: Deployment): [string, Purpose][] {
  const lambda = resourceOf(construct.handler, deployment);
  const { creationTemplates: templates } = construct;
  const template = templates && resourceOf(templates.templates[0], deployment);
  const creators = [lambda.properties.Role, ...template ? [template.properties.CustomRoleArn] : []].map(String);
  return [
    [logicalIdOf(construct.rule), { of: 'failed pushes', ...(allowedPrefixes && { allowedPrefixes }) }],
    ...creationRules.map(({ namePrefix, rule }): [string, Purpose] => [logicalIdOf(rule), { of: 'created repositories', creators, namePrefix }]),
  ];
}

function creatorsIn(deployment: Deployment): string[] {
  const roles = [...deployment.resources('AWS::Lambda::Function').map(({ properties }) => properties.Role),
    ...deployment.resources('AWS::ECR::RepositoryCreationTemplate').map(({ properties }) => properties.CustomRoleArn)];
  return [...new Set(roles.map(String))];
}

function resourceOf(construct: IConstruct, deployment: Deployment): DeployedResource {
  const logicalId = logicalIdOf(construct);
  const resource = deployment.all.find(each => each.logicalId === logicalId);
  if (resource === undefined) throw new Error(`${logicalId} must be deployed`);
  return resource;
}

function logicalIdOf(construct: IConstruct): string {
  const resource = construct.node.defaultChild ?? construct;
  if (!CfnElement.isCfnElement(resource)) throw new Error(`${construct.node.path} must be a resource`);
  return String(Stack.of(resource).resolve(resource.logicalId));
}
