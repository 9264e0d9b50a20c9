import type { JsonObject } from '../../local-aws/json';
import type { Verdict } from '../verdict';
import { type Credentials, document, type Moto } from './moto';
import { OWNER, repositoryArn } from './repositories';

/** A policy, and whether it lets its role create the repository `probe/app` with a tag. */
interface Probe {
  readonly what: string;
  readonly statements: readonly JsonObject[];
  readonly parameters?: JsonObject;
  /** What AWS documents. */
  readonly aws: boolean;
  /** What moto does instead: it does not look at that. */
  readonly moto?: boolean;
}

const CREATE = ['ecr:CreateRepository', 'ecr:TagResource'];
const PROBES_ARN = repositoryArn('probe/*');
const UNMET = { StringEquals: { [`aws:RequestTag/${OWNER}`]: 'another' } };

const PROBES: readonly Probe[] = [
  { what: 'an action that is allowed', statements: [{ Action: CREATE, Resource: '*' }], aws: true },
  { what: 'an action that is not allowed', statements: [{ Action: ['ecr:DescribeRepositories', 'ecr:TagResource'], Resource: '*' }], aws: false },
  { what: 'a wildcard in an action', statements: [{ Action: ['ecr:Create*', 'ecr:Tag*'], Resource: '*' }], aws: true },
  { what: 'NotAction', statements: [{ NotAction: 'ecr:CreateRepository', Resource: '*' }], aws: false },
  { what: 'a name that is allowed', statements: [{ Action: CREATE, Resource: PROBES_ARN }], aws: true },
  { what: 'a name that is not allowed', statements: [{ Action: CREATE, Resource: repositoryArn('other/*') }], aws: false },
  { what: 'a denial of the action', statements: [{ Action: '*', Resource: '*' }, { Effect: 'Deny', Action: CREATE, Resource: PROBES_ARN }], aws: false },
  { what: 'a denial of other names', statements: [{ Action: '*', Resource: '*' }, { Effect: 'Deny', Action: CREATE, Resource: repositoryArn('other/*') }], aws: true },
  { what: 'NotResource', statements: [{ Action: CREATE, NotResource: PROBES_ARN }], aws: false, moto: true },
  { what: 'the condition of an allowance', statements: [{ Action: CREATE, Resource: '*', Condition: UNMET }], aws: false, moto: true },
  {
    what: 'the condition of a denial',
    statements: [{ Action: '*', Resource: '*' }, { Effect: 'Deny', Action: CREATE, Resource: '*', Condition: UNMET }],
    aws: true,
    moto: false,
  },
  { what: 'ecr:TagResource for tags at creation', statements: [{ Action: 'ecr:CreateRepository', Resource: '*' }], aws: false, moto: true },
  {
    what: 'permissions on the key of an encrypted repository',
    statements: [{ Action: CREATE, Resource: '*' }],
    parameters: { encryptionConfiguration: { encryptionType: 'KMS' } },
    aws: true,
  },
];

const ROLE = 'probe';

/** The role whose policy is tried; made before policies are enforced. */
export async function probingRole(moto: Moto): Promise<Credentials> {
  const trust = document({ Action: 'sts:AssumeRole', Principal: { AWS: '*' } });
  const { Role: role } = await moto.call('iam', 'CreateRole', { RoleName: ROLE, AssumeRolePolicyDocument: trust });
  return moto.assume((role as { Arn: string }).Arn);
}

/**
 * Tries what moto's IAM evaluator looks at, so that no more is believed of it than is so.
 *
 * @returns what it does not look at
 */
export async function judgeEvaluator(verdict: Verdict, moto: Moto, credentials: Credentials): Promise<string[]> {
  const ignored: string[] = [];
  for (const { aws, moto: expected = aws, parameters, statements, what } of PROBES) {
    await moto.call('iam', 'PutRolePolicy', { RoleName: ROLE, PolicyName: ROLE, PolicyDocument: document(...statements) });
    const create = { repositoryName: 'probe/app', tags: [{ Key: OWNER, Value: 'probe' }], ...parameters };
    const error = await moto.errorOf('ecr', 'CreateRepository', create, credentials);
    if (error === undefined) await moto.call('ecr', 'DeleteRepository', { repositoryName: 'probe/app' });
    const isRefusal = error === undefined || error === 'AccessDeniedException';
    verdict.check('policies tried', isRefusal && (error === undefined) === expected,
      () => `moto's IAM, ${what}: ${error ?? 'allowed'}; ${expected === aws ? 'it no longer decides as AWS documents' : 'it has learnt this: judge by it'}`);
    if (expected !== aws) ignored.push(`IAM does not look at ${what}`);
  }
  await moto.call('iam', 'DeleteRolePolicy', { RoleName: ROLE, PolicyName: ROLE });
  return ignored;
}
