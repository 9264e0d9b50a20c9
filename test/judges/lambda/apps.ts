import { Aws, CfnParameter, type Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import { EMULATED } from './emulator';
import { EcrAutoCreate, type EcrAutoCreateProps } from '../../../src';
import type { DeployedResource } from '../../local-aws/cloudformation';
import type { EcrRepository } from '../../local-aws/ecr';
import { objectOf } from '../../local-aws/json';

/** How the configuration comes to a function. */
export type Transport = 'the environment' | 'files beside the code' | 'inline code with a layer';

/** An app whose function has its configuration by that transport. */
export interface TransportApp {
  readonly transport: Transport;
  readonly define: (stack: Stack) => void;
  /** The accounts that may pull from each repository. */
  readonly pullers: readonly string[];
  /** A name for which other settings are laid over the defaults. */
  readonly override?: { readonly name: string; readonly tags: Readonly<Record<string, string>> };
}

const OVERRIDES = 30;
const TOKENS = 40;
const PARAMETERS = Array.from({ length: TOKENS }, (_, index) => String(210_987_654_300 + index));

export const APPS: readonly TransportApp[] = [
  { transport: 'the environment', pullers: ['210987654321'], define: stack => create(stack, ['210987654321']) },
  {
    transport: 'files beside the code',
    pullers: ['210987654321'],
    define: stack => create(stack, ['210987654321'], {
      repositoryOverrides: Array.from({ length: OVERRIDES }, (_, index) => ({
        prefix: `backend/team-${index}/`, settings: { tags: { team: `the team with the number ${index}` } },
      })),
    }),
    override: { name: 'backend/team-29/api', tags: { team: 'the team with the number 29' } },
  },
  {
    transport: 'inline code with a layer',
    pullers: PARAMETERS,
    define: stack => create(stack, PARAMETERS.map((account, index) => new CfnParameter(stack, `Account${index}`, { default: account }).valueAsString)),
  },
];

function create(stack: Stack, pullers: readonly string[], props: EcrAutoCreateProps = {}): void {
  new EcrAutoCreate(stack, 'EcrAutoCreate', {
    allowedPrefixes: ['backend/'],
    creatorTagKey: 'created-for',
    repositoryDefaults: {
      imageTagMutability: ecr.TagMutability.IMMUTABLE,
      lifecycleRules: [{ tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 20 }],
      repositoryPolicy: new iam.PolicyDocument({
        statements: [new iam.PolicyStatement({ principals: pullers.map(each => new iam.AccountPrincipal(each)), actions: ['ecr:BatchGetImage'] })],
      }),
      tags: { team: 'platform', account: Aws.ACCOUNT_ID },
    },
    ...props,
  });
}

/** What the template says of the transport. */
export function transportOf({ properties }: DeployedResource): Transport | undefined {
  const { ZipFile: inline } = objectOf(properties.Code);
  const variables = Object.keys(objectOf(objectOf(properties.Environment).Variables));
  const layers = [properties.Layers ?? []].flat().length;
  if (typeof inline === 'string' && layers === 1 && variables.length === 0) return 'inline code with a layer';
  if (inline !== undefined || layers > 0) return undefined;
  if (variables.join() === 'ECR_AUTO_CREATE_CONFIGURATION') return 'the environment';
  return variables.join() === 'ECR_AUTO_CREATE_VALUES' ? 'files beside the code' : undefined;
}

/** What a repository of the app has, as the contract says, for comparison with {@link settingsOf}. */
export function expectedSettings(
  { pullers }: TransportApp, createdBy: string, pusherArn: string, tags: Readonly<Record<string, string>>,
): object {
  const accounts = pullers.map(account => `arn:aws:iam::${account}:root`);
  return {
    createdBy,
    imageTagMutability: 'IMMUTABLE',
    scanOnPush: true,
    encryption: 'AES256',
    tags: { 'account': EMULATED.account, 'created-by': 'cdk-ecr-auto-create', 'created-for': pusherArn, 'team': 'platform', ...tags },
    hasOwner: true,
    lifecyclePolicy: {
      rules: [{
        rulePriority: 1, selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 20 }, action: { type: 'expire' },
      }],
    },
    repositoryPolicy: {
      Statement: [{ Action: 'ecr:BatchGetImage', Effect: 'Allow', Principal: { AWS: accounts.length === 1 ? accounts[0] : accounts } }],
      Version: '2012-10-17',
    },
  };
}

export function settingsOf(repository: EcrRepository): object {
  const { 'cdk-ecr-auto-create:owner': owner, ...tags } = repository.tags as Partial<Record<string, string>>;
  return {
    createdBy: repository.createdBy,
    imageTagMutability: repository.imageTagMutability,
    scanOnPush: repository.scanOnPush,
    encryption: repository.encryptionConfiguration.encryptionType,
    tags,
    hasOwner: owner !== undefined && owner !== '',
    lifecyclePolicy: JSON.parse(repository.lifecyclePolicyText ?? 'null'),
    repositoryPolicy: JSON.parse(repository.repositoryPolicyText ?? 'null'),
  };
}
