import * as fc from 'fast-check';
import { identities } from './identities';
import { apiCallEvent, assumedRoleIdentity, pushEvent } from '../../local-aws/cloudtrail';
import { isObject, type JsonObject } from '../../local-aws/json';
import type { Environment } from '../../local-aws/physical-resource';
import { startRoleSession } from '../../local-aws/role-session';

/** What the corpus is about. */
export interface CorpusOptions {
  readonly environment: Environment;
  /** Prefixes of the rules' names. */
  readonly prefixes: readonly string[];
  /** The roles that create repositories. */
  readonly creators: readonly string[];
  readonly seed: number;
  /** How many events with any of the values in any combination. */
  readonly randomEvents: number;
}

/** The values that something in an event can have; the first is the usual one. */
interface Dimension {
  readonly path: readonly string[];
  readonly values: readonly unknown[];
}

const ABSENT = Symbol('absent');
const OTHER_ACCOUNT = '999988887777';

/** In bytes: up to what EventBridge takes, and more. */
const SIZES = [64 * 1_024, 256 * 1_024, 1_024 * 1_024];

/** Events of pushes and of created repositories, as JSON objects; no two are the same. */
export function eventCorpus(options: CorpusOptions): JsonObject[] {
  const [push, ...creations] = [usualPush(options), ...options.creators.map(creator => usualCreation(creator, options.environment))];
  const [creation] = creations;
  const both = [...envelope(options.environment), ...extras()];
  const ofPush = [...pushDimensions(options), ...both];
  const ofCreation = [...creationDimensions(options), ...both];
  const names = namesFor(options.prefixes);
  const events = [
    ...product(push, [
      { path: ['detail', 'requestParameters', 'repositoryName'], values: names },
      { path: ['detail', 'eventName'], values: ['InitiateLayerUpload', 'PutImage'] },
      { path: ['detail', 'requestParameters', 'registryId'], values: [options.environment.account, ABSENT, null, OTHER_ACCOUNT] },
    ]),
    ...product(creation, [
      { path: ['detail', 'userIdentity', 'sessionContext', 'sessionIssuer', 'arn'], values: options.creators },
      { path: ['detail', 'requestParameters', 'repositoryName'], values: ['backend/api', 'frontend/web', 'other'] },
    ]),
    ...oneByOne(push, ofPush),
    ...creations.flatMap(each => oneByOne(each, ofCreation)),
    ...combined(push, ofPush, options),
    ...combined(creation, ofCreation, options),
    ...SIZES.map(size => grown(change(push, ['detail', 'eventName'], 'PutImage'), size)),
    grown(creation, SIZES[0]),
  ];
  return [...new Map(events.map(event => [JSON.stringify(event), event])).values()];
}

function usualPush({ environment, prefixes: [prefix = ''] }: CorpusOptions): JsonObject {
  const event = pushEvent(environment, {
    eventName: 'InitiateLayerUpload',
    errorCode: 'RepositoryNotFoundException',
    errorMessage: 'The repository with name \'backend/api\' does not exist',
    requestParameters: { registryId: environment.account, repositoryName: `${prefix}api` },
    pusher: 'build-1',
    sourceIp: '203.0.113.12',
    userAgent: 'docker/29.7.2',
    time: new Date('2026-11-02T09:14:31Z'),
  }, assumedRoleIdentity(environment, `arn:${environment.partition}:iam::${environment.account}:role/ci-push`, 'build-1'));
  return asUsual(event);
}

function usualCreation(creator: string, environment: Environment): JsonObject {
  const input = { repositoryName: 'backend/api', tags: [{ Key: 'created-by', Value: 'cdk-ecr-auto-create' }] };
  const call = { action: 'CreateRepository', input, caller: '', output: { repository: { ...input, createdAt: 1_793_000_000 } } };
  return asUsual(apiCallEvent(environment, call, startRoleSession(creator, 'function')));
}

/** As JSON has it, and without what differs between two runs. */
function asUsual(event: JsonObject | undefined): JsonObject {
  if (event === undefined) throw new Error('there must be an event of a call that writes');
  const ids: Record<string, string> = { id: '7bf73129', requestID: 'c8a1d3f2', eventID: '5a2b9c1e', eventTime: '2026-11-02T09:14:31Z', time: '2026-11-02T09:14:31Z', creationDate: '2026-11-02T09:14:02Z' };
  return JSON.parse(JSON.stringify(event), (key: string, value: unknown) => ids[key] ?? value) as JsonObject;
}

function envelope({ account, partition, region }: Environment): Dimension[] {
  const otherRegion = region === 'us-gov-west-1' ? 'us-gov-east-1' : partition === 'aws-cn' ? 'cn-northwest-1' : 'eu-west-1';
  return [
    { path: ['source'], values: ['aws.ecr', 'aws.ecr-public', 'aws.ec', 'AWS.ECR', 'my.app', '', null, ABSENT, 7, ['my.app', 'aws.ecr'], { aws: 'ecr' }] },
    { path: ['detail-type'], values: ['AWS API Call via CloudTrail', 'AWS Service Event via CloudTrail', 'AWS Insight via CloudTrail', 'ECR Image Action', null, ABSENT] },
    { path: ['account'], values: [account, OTHER_ACCOUNT, Number(account), null, ABSENT, [OTHER_ACCOUNT, account], [OTHER_ACCOUNT]] },
    { path: ['region'], values: [region, otherRegion, region.toUpperCase(), null, ABSENT] },
    { path: ['detail', 'eventSource'], values: ['ecr.amazonaws.com', 'ecr-public.amazonaws.com', 's3.amazonaws.com', 'ecr.amazonaws.com.cn', null, ABSENT] },
    { path: ['detail', 'recipientAccountId'], values: [account, OTHER_ACCOUNT, ABSENT] },
    { path: ['detail', 'awsRegion'], values: [region, otherRegion, ABSENT] },
    { path: ['detail'], values: [ABSENT, null, 'detail', [], {}] },
  ];
}

function pushDimensions({ environment, prefixes }: CorpusOptions): Dimension[] {
  const [prefix = ''] = prefixes;
  const { account } = environment;
  const ownRole = assumedRoleIdentity(environment, `arn:${environment.partition}:iam::${account}:role/ci-push`, 'build-1');
  return [
    {
      path: ['detail', 'eventName'],
      values: [
        'InitiateLayerUpload', 'PutImage', 'UploadLayerPart', 'CompleteLayerUpload', 'BatchCheckLayerAvailability', 'BatchGetImage', 'GetDownloadUrlForLayer',
        'DescribeRepositories', 'CreateRepository', 'initiatelayerupload', 'PutImageX', '', null, ABSENT, ['BatchGetImage', 'PutImage'],
      ],
    },
    {
      path: ['detail', 'errorCode'],
      values: [
        'RepositoryNotFoundException', ABSENT, null, 'AccessDenied', 'AccessDeniedException', 'LayersNotFoundException', 'ImageTagAlreadyExistsException',
        'RepositoryNotFound', 'RepositoryNotFoundException ', 'repositorynotfoundexception', 'KmsException', 'ServerException', '', 404,
        ['RepositoryNotFoundException'], ['ServerException'],
      ],
    },
    { path: ['detail', 'userIdentity'], values: [ownRole, ...identities(environment), null, ABSENT] },
    { path: ['detail', 'requestParameters'], values: [{ registryId: account, repositoryName: `${prefix}api` }, null, ABSENT, {}, [], 'backend/api', 7] },
    {
      path: ['detail', 'requestParameters', 'registryId'],
      values: [account, ABSENT, null, OTHER_ACCOUNT, Number(account), '', `${account}0`, true, [], {}, [account], [OTHER_ACCOUNT, account], [OTHER_ACCOUNT], [null]],
    },
    {
      path: ['detail', 'requestParameters', 'repositoryName'],
      values: [`${prefix}api`, ...namesFor(prefixes), ...ODD_NAMES, null, ABSENT, 7, true, {}, [], ['other', `${prefix}api`], ['other'], [[`${prefix}api`]], { name: `${prefix}api` }],
    },
  ];
}

function creationDimensions({ creators, environment }: CorpusOptions): Dimension[] {
  const { account, partition } = environment;
  const [creator] = creators;
  const arn = (resource: string, owner = account) => `arn:${partition}:iam::${owner}:${resource}`;
  return [
    { path: ['detail', 'eventName'], values: ['CreateRepository', 'CreateRepositoryCreationTemplate', 'PutLifecyclePolicy', 'DeleteRepository', 'PutImage', null, ABSENT] },
    { path: ['detail', 'errorCode'], values: [ABSENT, null, 'RepositoryAlreadyExistsException', 'RepositoryNotFoundException', 'AccessDenied', 'LimitExceededException', '', [], {}] },
    { path: ['detail', 'errorMessage'], values: [ABSENT, null, 'already exists'] },
    { path: ['detail', 'userIdentity'], values: [assumedRoleIdentity(environment, creator, 'function'), ...identities(environment), null, ABSENT] },
    {
      path: ['detail', 'userIdentity', 'sessionContext', 'sessionIssuer', 'arn'],
      values: [
        ...creators, ...creators.map(each => `${each}x`), creator.slice(0, -1), creator.toLowerCase(), creator.replace(account, OTHER_ACCOUNT),
        arn('role/ci-push'), arn('role/other'), arn('user/jo'), null, ABSENT, ['x', creator], {},
      ],
    },
    { path: ['detail', 'userIdentity', 'sessionContext'], values: [null, ABSENT, {}, 'role'] },
    { path: ['detail', 'requestParameters', 'repositoryName'], values: ['backend/api', 'backend', 'Backend/api', 'frontend/web', 'other/api', null, ABSENT] },
    { path: ['detail', 'requestParameters'], values: [null, ABSENT, 'backend/api'] },
  ];
}

/** What is in no pattern, and in the place where a pattern looks. */
function extras(): Dimension[] {
  return [
    { path: ['detail', 'userAgent'], values: ['docker/29.7.2', '日本語/1.0 🙂', ABSENT] },
    { path: ['detail', 'sourceIPAddress'], values: ['203.0.113.12', '2001:db8::1', 'AWS Internal', ABSENT] },
    { path: ['detail', 'additionalEventData'], values: [ABSENT, { 'ключ': 'значение', '🙂': ['é', null, { errorCode: 'AccessDenied' }] }] },
    { path: ['detail', 'requestParameters', 'imageTag'], values: [ABSENT, 'latest', 'über'] },
    { path: ['detail', 'requestParameters', 'layerDigests'], values: [ABSENT, ['sha256:0', 'sha256:1']] },
    { path: ['detail', 'requestParameters', 'registryid'], values: [ABSENT, OTHER_ACCOUNT] },
    { path: ['detail', 'repositoryName'], values: [ABSENT, 'backend/api', 'other'] },
    { path: ['detail', 'tlsDetails'], values: [{ tlsVersion: 'TLSv1.3' }, ABSENT, null] },
    { path: ['replay-name'], values: [ABSENT, 'again'] },
    { path: ['resources'], values: [[], ['arn:aws:ecr:x'], null, ABSENT] },
    { path: ['errorCode'], values: [ABSENT, 'RepositoryNotFoundException'] },
  ];
}

const ODD_NAMES = [
  'Backend/api', 'backend', 'backend/', 'backend\\api', 'backend／api', ' backend/api', '"backend/api"', 'bäckend/api', 'backend/日本', 'backend/🙂', '🙂backend/',
  'back\u0000end/', 'b\u0061ckend/escaped', '*', 'backend/*', 'prefix', '', 'x'.repeat(256), 'x'.repeat(255), 'x'.repeat(300),
];

/** Names with the prefix, and names that nearly have it. */
function namesFor(prefixes: readonly string[]): string[] {
  return [...new Set(prefixes.flatMap(prefix => [`${prefix}x`, prefix, prefix.slice(0, -1), `x${prefix}`, prefix.toUpperCase(), prefix.replace('/', '-')]))];
}

function product(base: JsonObject, dimensions: readonly Dimension[]): JsonObject[] {
  let events = [base];
  for (const { path, values } of dimensions) events = events.flatMap(event => values.map(value => change(event, path, value)));
  return events;
}

function oneByOne(base: JsonObject, dimensions: readonly Dimension[]): JsonObject[] {
  return dimensions.flatMap(({ path, values }) => values.map(value => change(base, path, value)));
}

/** Most of an event is as usual: otherwise hardly one would match. */
function combined(base: JsonObject, dimensions: readonly Dimension[], { randomEvents, seed }: CorpusOptions): JsonObject[] {
  const usual = { arbitrary: fc.constant(undefined), weight: 7 };
  const choices = dimensions.map(({ values }) => fc.oneof(usual, { arbitrary: fc.nat(values.length - 1), weight: 1 }));
  return fc.sample(fc.tuple(...choices), { seed, numRuns: randomEvents }).map(chosen => chosen.reduce((event: JsonObject, choice, index) => {
    const { path, values } = dimensions[index];
    return choice === undefined ? event : change(event, path, values[choice]);
  }, base));
}

/** A manifest makes the event that long. */
function grown(event: JsonObject, bytes: number): JsonObject {
  const path = ['detail', 'requestParameters', 'imageManifest'];
  const frame = Buffer.byteLength(JSON.stringify(change(event, path, '')));
  return change(event, path, 'm'.repeat(bytes - frame));
}

/** The event with another value at a path; as it was if there is no object to hold it. */
function change(event: JsonObject, [key, ...keys]: readonly string[], value: unknown): JsonObject {
  const { [key]: old, ...others } = event;
  if (keys.length > 0) return isObject(old) ? { ...event, [key]: change(old, keys, value) } : event;
  return value === ABSENT ? others : { ...event, [key]: value };
}
