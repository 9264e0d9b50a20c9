import { ACCOUNT, type JudgedApp, REGION } from './apps';
import type { EcrAutoCreateProps } from '../../../src';
import type { IamRequest } from '../../local-aws/iam';

const OWNER = 'cdk-ecr-auto-create:owner';
const REPOSITORIES = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/`;

/** What EcrAutoCreate promises of a role, said by the props and not by the policies. */
export type Expectation = (request: IamRequest) => boolean;

/** The name of a repository of the registry; undefined for all else. */
function nameOf(resource: string): string | undefined {
  return resource.startsWith(REPOSITORIES) ? resource.slice(REPOSITORIES.length) : undefined;
}

function isUnder(prefixes: readonly string[] | undefined, name: string): boolean {
  return prefixes?.some(prefix => name.startsWith(prefix)) ?? true;
}

/** What the construct's own resources are. */
export interface OwnResources {
  readonly owner: string;
  readonly logGroup: string;
  readonly queue: string;
  /** The keys of `encryptionKey` and of the repositories. */
  readonly ownKey?: string;
  readonly imageKey?: string;
}

const CREATION = ['ecr:CreateRepository', 'ecr:TagResource'];
const LIFECYCLE = ['ecr:GetLifecyclePolicy', 'ecr:PutLifecyclePolicy'];
const REPOSITORY_POLICY = ['ecr:GetRepositoryPolicy', 'ecr:SetRepositoryPolicy'];
const NETWORK_INTERFACES = [
  'ec2:AssignPrivateIpAddresses', 'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/** Which calls of ECR the props make the handler need, apart from those of the creation. */
export function completionCalls({ repositoryDefaults, repositoryOverrides = [] }: EcrAutoCreateProps): string[] {
  const settings = [repositoryDefaults, ...repositoryOverrides.map(override => override.settings)];
  const calls = [
    ...(settings.some(each => each?.lifecycleRules) ? LIFECYCLE : []),
    ...(settings.some(each => each?.repositoryPolicy) ? REPOSITORY_POLICY : []),
  ];
  return calls.length > 0 ? ['ecr:ListTagsForResource', ...calls] : [];
}

/** What the function's role may do. */
export function expectedOfFunction({ props }: JudgedApp, own: OwnResources): Expectation {
  const redrives = props.redrive ?? props.deadLetterQueue === undefined;
  const queueActions = [
    'sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl',
    ...(redrives ? ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage'] : []),
  ];
  const completion = completionCalls(props);
  return ({ action, resource, context }) => {
    const name = nameOf(resource);
    if (name !== undefined) {
      if (!isUnder(props.allowedPrefixes, name) || isUnder(props.deniedPrefixes ?? [], name)) return false;
      if (CREATION.includes(action)) return context[`aws:RequestTag/${OWNER}`] === own.owner;
      if (!completion.includes(action)) return false;
      return action === 'ecr:ListTagsForResource' || context[`aws:ResourceTag/${OWNER}`] === own.owner;
    }
    const [service] = action.split(':');
    switch (service) {
      case 'logs':
        return ['logs:CreateLogStream', 'logs:PutLogEvents'].includes(action) && resource.startsWith(`${own.logGroup}:`);
      case 'sqs':
        return queueActions.includes(action) && resource === own.queue;
      case 'kms':
        if (resource === own.imageKey) {
          return ['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant'].includes(action) && context['kms:ViaService'] === `ecr.${REGION}.amazonaws.com`;
        }
        // The environment, the queue and the log group, as the CDK and AWS's documentation of them say.
        return resource === own.ownKey && /^kms:(Decrypt|Encrypt|GenerateDataKey.*|ReEncrypt.*)$/.test(action);
      case 'xray':
        return props.tracing !== undefined && ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'].includes(action);
      case 'ec2':
        return props.vpc !== undefined && NETWORK_INTERFACES.includes(action) && !('lambda:SourceFunctionArn' in context);
      default:
        return false;
    }
  };
}

/** What a role may do that has these actions on the names under the prefixes, and others on everything. */
export function expectedOn(prefixes: readonly string[], actions: readonly string[], onAll: readonly string[] = []): Expectation {
  return ({ action, resource }) => {
    const name = nameOf(resource);
    return name === undefined ? onAll.includes(action) && resource === '*' : actions.includes(action) && isUnder(prefixes, name);
  };
}
