import type { Moto } from './moto';
import { OWNER } from './repositories';
import { type JsonObject, listOf, objectOf, stringsOf } from '../../local-aws/json';

/** A managed policy of a role, as moto has it. */
export interface RolePolicy {
  readonly arn: string;
  readonly statements: readonly JsonObject[];
}

/** The managed policies of a role. */
export async function policiesOf(moto: Moto, roleName: string): Promise<RolePolicy[]> {
  const { AttachedPolicies: attached } = await moto.call('iam', 'ListAttachedRolePolicies', { RoleName: roleName });
  return Promise.all(listOf(attached).map(async each => {
    const arn = String(objectOf(each).PolicyArn);
    const { Policy: policy } = await moto.call('iam', 'GetPolicy', { PolicyArn: arn });
    const { PolicyVersion: version } = await moto.call('iam', 'GetPolicyVersion', { PolicyArn: arn, VersionId: objectOf(policy).DefaultVersionId });
    return { arn, statements: listOf(objectOf(objectOf(version).Document).Statement).map(objectOf) };
  }));
}

/** The value of the owner tag with which a role may create repositories. */
export async function ownerOf(moto: Moto, roleName: string): Promise<string> {
  const statements = (await policiesOf(moto, roleName)).flatMap(policy => policy.statements);
  const creating = statements.filter(({ Action, Effect }) => Effect === 'Allow' && stringsOf(Action).includes('ecr:CreateRepository'));
  const owners = new Set(creating.map(({ Condition }) => objectOf(objectOf(Condition).StringEquals)[`aws:RequestTag/${OWNER}`]));
  const [owner] = owners;
  if (typeof owner !== 'string' || owners.size > 1) throw new Error(`${roleName} may create with the owner tags ${[...owners].map(String).join(', ')}`);
  return owner;
}

/** Does something while a policy has other statements. */
export async function withStatements<T>(moto: Moto, { arn }: RolePolicy, statements: readonly JsonObject[], act: () => Promise<T>): Promise<T> {
  const { Policy: policy } = await moto.call('iam', 'GetPolicy', { PolicyArn: arn });
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const { PolicyVersion: version } = await moto.call('iam', 'CreatePolicyVersion', { PolicyArn: arn, PolicyDocument, SetAsDefault: true });
  try {
    return await act();
  } finally {
    await moto.call('iam', 'SetDefaultPolicyVersion', { PolicyArn: arn, VersionId: objectOf(policy).DefaultVersionId });
    await moto.call('iam', 'DeletePolicyVersion', { PolicyArn: arn, VersionId: objectOf(version).VersionId });
  }
}
