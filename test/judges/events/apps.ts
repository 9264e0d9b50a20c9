import { App, Aws, CfnParameter, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { EcrAutoCreate, type EcrAutoCreateProps } from '../../../src';
import type { Environment } from '../../local-aws/physical-resource';
import { QUOTAS } from '../../local-aws/quotas';

/** One of each partition. */
export const ENVIRONMENTS: readonly Environment[] = [
  { partition: 'aws', region: 'eu-central-1', account: '123456789012' },
  { partition: 'aws-cn', region: 'cn-north-1', account: '111122223333' },
  { partition: 'aws-us-gov', region: 'us-gov-west-1', account: '444455556666' },
];

/** A construct of an app: what its rule for failed pushes is to match, and those for created repositories. */
export interface AppConstruct {
  readonly construct: EcrAutoCreate;
  /** As they are when deployed. */
  readonly allowedPrefixes?: readonly string[];
  readonly creationRules: readonly CreationRule[];
}

export interface CreationRule {
  readonly rule: events.Rule;
  readonly namePrefix?: string;
}

/** What a construct of the app gets. */
interface Variant {
  readonly props?: EcrAutoCreateProps;
  /** Where they are not those of the props: tokens, or too many for a pattern. */
  readonly deployedPrefixes?: readonly string[] | 'every name';
  readonly onCreated?: boolean;
}

/**
 * Defines a stack with many constructs, one for each kind of pattern.
 *
 * @param fixed whether the stack knows its account and Region when it is synthesised
 * @param emptyListLength how many characters a pattern has with a list of names that is empty
 */
export function defineApp(app: App, environment: Environment, fixed: boolean, emptyListLength: number): AppConstruct[] {
  const { account, region } = environment;
  const stack = new Stack(app, fixed ? 'Fixed' : 'Anywhere', fixed ? { env: { account, region } } : {});
  const team = new CfnParameter(stack, 'Team', { default: 'parametrised-team' });
  const news = new sqs.Queue(stack, 'News');
  return Object.entries(variants(environment, fixed, emptyListLength, team)).map(([id, { deployedPrefixes, onCreated, props = {} }]) => {
    const construct = new EcrAutoCreate(stack, id, props);
    const allowedPrefixes = deployedPrefixes === 'every name' ? undefined : deployedPrefixes ?? props.allowedPrefixes;
    return { construct, allowedPrefixes, creationRules: onCreated ? onCreation(construct, new targets.SqsQueue(news)) : [] };
  });
}

function onCreation(construct: EcrAutoCreate, target: events.IRuleTarget): CreationRule[] {
  const namePrefix = 'backend/';
  return [
    { rule: construct.onRepositoryCreated('Created', { target }) },
    {
      rule: construct.onRepositoryCreated('CreatedBackend', {
        target,
        eventPattern: { detail: { requestParameters: { repositoryName: events.Match.prefix(namePrefix) } } },
      }),
      namePrefix,
    },
  ];
}

function variants({ account, region }: Environment, fixed: boolean, emptyListLength: number, team: CfnParameter): Record<string, Variant> {
  const allowed = (...allowedPrefixes: string[]): Variant => ({ props: { allowedPrefixes } });
  const full = prefixesOfLength(QUOTAS.eventPatternCharacters - emptyListLength);
  const overfull = [...full.slice(1), `${full[0]}x`];
  return {
    EveryName: {},
    OnePrefix: allowed('backend/'),
    TwoPrefixes: allowed('backend/', 'frontend/'),
    ManyPrefixes: allowed(...Array.from({ length: 40 }, (_, index) => `team-${index}/`)),
    PrefixInsideName: allowed('back'),
    ShortPrefix: allowed('a'),
    PrefixEndsAtDash: allowed('team-'),
    PrefixEndsAtDot: allowed('team.', 'team__'),
    PrefixOfPrefix: allowed('team-', 'team-a/', 'team-a/web'),
    LikePrefixes: allowed('team-a', 'team-b', 'team_a'),
    LongPrefix: allowed('x'.repeat(256)),
    // A stack that does not know its Region leaves room for a longer one.
    ...(fixed && { LargestPattern: allowed(...full), TooLargePattern: { ...allowed(...overfull), deployedPrefixes: 'every name' as const } }),
    LargePattern: allowed(...prefixesOfLength(QUOTAS.eventPatternCharacters - emptyListLength - 100)),
    FarTooLargePattern: { ...allowed(...prefixesOfLength(3_000)), deployedPrefixes: 'every name' },
    TokenPrefixes: {
      ...allowed(`${Aws.ACCOUNT_ID}-${Aws.REGION}/`, `${team.valueAsString}/`), deployedPrefixes: [`${account}-${region}/`, 'parametrised-team/'],
    },
    // None of these is the pattern's business: the handler refuses them.
    Guarded: { props: { allowedPrefixes: ['team-'], deniedPrefixes: ['team-legacy'], allowedPrincipals: ['arn:*:iam::*:role/ci-*'] } },
    Created: { props: { allowedPrefixes: ['backend/', 'frontend/'] }, onCreated: true },
    CreatedByTemplates: { props: { allowedPrefixes: ['backend/', 'frontend/'], creationTemplates: true }, onCreated: true },
    CreatedByGivenRole: { props: { role: iam.Role.fromRoleArn(team.stack, 'Given', `arn:${Aws.PARTITION}:iam::${account}:role/path/to/given`) }, onCreated: true },
  };
}

/** Prefixes that take as many characters in a pattern's list of names. */
function prefixesOfLength(characters: number): string[] {
  const frame = '{"prefix":""},'.length;
  const count = Math.floor(characters / 60);
  const length = Math.floor((characters + 1) / count) - frame;
  const rest = characters + 1 - count * (length + frame);
  return Array.from({ length: count }, (_, index) => `p${index}-`.padEnd(index === 0 ? length + rest : length, 'x'));
}
