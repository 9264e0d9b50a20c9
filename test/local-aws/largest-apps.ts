import { Aws, CfnParameter, type Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { EcrAutoCreate, type RepositorySettings } from '../../src';

/** The contract's 100 overrides and 500 prefixes. */
export const OVERRIDES = 100;
export const PREFIXES = 500;

/** What is in policies and tags: tokens in the app, their values in a repository. */
export interface Values {
  readonly account: string;
  readonly partition: string;
  readonly roleArn: string;
  readonly parameter: string;
}

export const teamPrefix = (index: number) => `team-${String(index).padStart(3, '0')}/`;

/** What ECR has of an override, beside its key: a lifecycle policy of 30,000 characters, a repository policy of 10,000, and tags. */
export function largeSettings(team: number, values: Values) {
  return {
    lifecyclePolicy: { rules: [...Array.from({ length: 42 }, (_, rule) => lifecycleRule(team, rule, values)), lastRule(43)] },
    repositoryPolicy: { Version: '2012-10-17', Statement: Array.from({ length: 28 }, (_, statement) => repositoryStatement(team, statement, values)) },
    tags: { team: `team-${team}`, contact: `${values.parameter}.${team}` },
  };
}

function lifecycleRule(team: number, rule: number, { parameter }: Values) {
  const tagPatternList = ['release', 'branch', 'commit', 'nightly'].map(kind => `${kind}-${team}-${rule}-`.padEnd(127, 'x') + '*');
  return {
    rulePriority: rule + 1,
    description: `for team ${team} of ${parameter}`,
    selection: { tagStatus: 'tagged', tagPatternList, countType: 'imageCountMoreThan', countNumber: team + 1 },
    action: { type: 'expire' },
  };
}

function lastRule(rulePriority: number) {
  return { rulePriority, selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1_000 }, action: { type: 'expire' } };
}

function repositoryStatement(team: number, statement: number, { account, partition, parameter, roleArn }: Values) {
  return {
    Sid: `Team${team}Statement${statement}`,
    Effect: 'Allow',
    Principal: { AWS: [`arn:${partition}:iam::${account}:role/team-${team}-${statement}`, roleArn] },
    Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    Condition: { StringEquals: { 'aws:PrincipalTag/contact': parameter } },
  };
}

/** The settings as a user writes them: every second lifecycle policy as text. */
function toProps(team: number, values: Values): RepositorySettings {
  const { lifecyclePolicy, repositoryPolicy, tags } = largeSettings(team, values);
  return {
    ...(team % 2 === 0 ? { lifecyclePolicyText: JSON.stringify(lifecyclePolicy) } : { lifecycleRules: lifecyclePolicy.rules.map(toLifecycleRule) }),
    repositoryPolicy: iam.PolicyDocument.fromJson(repositoryPolicy),
    tags,
  };
}

function toLifecycleRule(rule: ReturnType<typeof lifecycleRule> | ReturnType<typeof lastRule>): ecr.LifecycleRule {
  const { rulePriority, selection } = rule;
  return {
    rulePriority,
    maxImageCount: selection.countNumber,
    ...('tagPatternList' in selection
      ? { tagStatus: ecr.TagStatus.TAGGED, tagPatternList: selection.tagPatternList }
      : { tagStatus: ecr.TagStatus.ANY }),
    ...('description' in rule && { description: rule.description }),
  };
}

/** One key and one parameter for all overrides: their values are few. */
export function sharedValues(stack: Stack): void {
  const values = { ...defineValues(stack), parameter: new CfnParameter(stack, 'Contact').valueAsString };
  new EcrAutoCreate(stack, 'EcrAutoCreate', {
    repositoryDefaults: { encryptionKey: new kms.Key(stack, 'Key') },
    repositoryOverrides: overrides(team => toProps(team, values)),
  });
}

/** A key and a parameter for each override: more values than an environment holds. */
export function distinctValues(stack: Stack): void {
  const values = defineValues(stack);
  new EcrAutoCreate(stack, 'EcrAutoCreate', {
    repositoryOverrides: overrides(team => ({
      ...toProps(team, { ...values, parameter: new CfnParameter(stack, `Contact${team}`).valueAsString }),
      encryptionKey: new kms.Key(stack, `Key${team}`),
    })),
  });
}

/** More prefixes than an event pattern holds. */
export function manyPrefixes(stack: Stack): void {
  new EcrAutoCreate(stack, 'EcrAutoCreate', {
    allowedPrefixes: Array.from({ length: PREFIXES }, (_, team) => teamPrefix(team)),
    repositoryDefaults: { lifecycleRules: [{ tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 20 }] },
  });
}

function defineValues(stack: Stack) {
  const { roleArn } = new iam.Role(stack, 'Deployer', { assumedBy: new iam.AccountRootPrincipal() });
  return { account: Aws.ACCOUNT_ID, partition: Aws.PARTITION, roleArn };
}

function overrides(settingsOf: (team: number) => RepositorySettings) {
  return Array.from({ length: OVERRIDES }, (_, team) => ({ prefix: teamPrefix(team), settings: settingsOf(team) }));
}
