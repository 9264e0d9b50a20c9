import { isDeepStrictEqual } from 'node:util';
import { type JsonObject, stringsOf } from '../../local-aws/json';
import type { Verdict } from '../verdict';
import type { DeployedFunction, Run } from './deployed-function';
import { failedPush, type Pusher } from './failed-pushes';
import type { Moto } from './moto';
import { OWNER, readRepository } from './repositories';
import { policiesOf, type RolePolicy, withStatements } from './role-policies';

/** What moto never asks for, so that it cannot be told from here whether it is needed. */
const NOT_ASKED = ['ecr:TagResource'];

/** A policy must have a statement: everybody may do this anyway. */
const NOTHING = { Effect: 'Allow', Action: 'sts:GetCallerIdentity', Resource: '*' };

/** What is taken out of a role's policies. */
interface Removal {
  readonly what: string;
  readonly policy: RolePolicy;
  readonly statements: readonly JsonObject[];
  /** The actions that are not allowed any more. */
  readonly actions: readonly string[];
}

/** Takes each permission from the function's role, one at a time: it must then fail, be denied just that, and complete its work once it is back. */
export class PermissionJudge {
  private count = 0;

  constructor(
    private readonly verdict: Verdict, private readonly moto: Moto, private readonly pusher: Pusher, private readonly deployed: DeployedFunction,
    /** One that the function gives a lifecycle policy and a repository policy. */
    private readonly likeName: string, private readonly owner: string,
  ) {}

  async judge(): Promise<void> {
    const policies = await policiesOf(this.moto, this.deployed.roleName);
    for (const removal of policies.flatMap(removalsFrom)) await this.judgeRemoval(removal);
    for (const policy of policies) {
      for (const statement of policy.statements.filter(({ Effect }) => Effect === 'Deny')) await this.judgeDenial(policy, statement);
    }
  }

  /** Without the denial, the role may create what is denied: the handler alone would refuse it. */
  private async judgeDenial(policy: RolePolicy, denial: JsonObject): Promise<void> {
    for (const resource of stringsOf(denial.Resource)) {
      const repositoryName = `${resource.slice(resource.indexOf(':repository/') + ':repository/'.length).replace('*', '')}-denial`;
      const create = async () => this.moto.errorOf('ecr', 'CreateRepository', { repositoryName }, this.deployed.credentials);
      const denied = await create();
      const without = await withStatements(this.moto, policy, policy.statements.filter(statement => statement !== denial), create);
      this.verdict.check('permissions removed', denied === 'AccessDeniedException' && without === undefined,
        () => `${this.deployed.name}: to create ${repositoryName} is ${denied ?? 'allowed'}, and ${without ?? 'allowed'} without the denial`);
      await this.moto.call('ecr', 'DeleteRepository', { repositoryName });
    }
  }

  private async judgeRemoval({ actions, policy, statements, what }: Removal): Promise<void> {
    const name = `${this.likeName}-removal${++this.count}`;
    const half = `${name}-half`;
    const events = [await failedPush(this.moto, this.pusher, name), await failedPush(this.moto, this.pusher, half)];
    await this.moto.call('ecr', 'CreateRepository', { repositoryName: half, tags: [{ Key: OWNER, Value: this.owner }] });

    const runs: Run[] = [];
    await withStatements(this.moto, policy, statements, async () => {
      for (const event of events) runs.push(await this.deployed.run(event));
    });
    const denied = [...new Set(runs.flatMap(({ calls }) => calls.filter(({ allowed }) => !allowed).map(({ action }) => `ecr:${action}`)))];
    const asked = actions.some(action => !NOT_ASKED.includes(action));
    this.verdict.check('permissions removed', denied.length > 0 === asked && denied.every(action => actions.includes(action)),
      () => `${this.deployed.name} without ${what}: denied is ${denied.join(', ') || 'nothing'}`);
    for (const { calls, failure, lines } of runs) {
      const mustFail = calls.some(({ allowed }) => !allowed);
      this.verdict.check('handler runs', (failure?.errorType === 'AccessDeniedException') === mustFail && (lines[0]?.outcome === 'failed') === mustFail,
        () => `${this.deployed.name} without ${what}: ${JSON.stringify({ failure, lines })}`);
    }
    for (const event of events) {
      const { failure, lines } = await this.deployed.run(event);
      this.verdict.check('handler runs', failure === undefined, () => `${this.deployed.name} fails with ${what} again: ${JSON.stringify({ failure, lines })}`);
    }
    const like = await readRepository(this.moto, this.likeName);
    for (const each of [name, half]) {
      const { lifecyclePolicy, repositoryPolicy } = await readRepository(this.moto, each);
      this.verdict.check('repositories compared', isDeepStrictEqual([lifecyclePolicy, repositoryPolicy], [like.lifecyclePolicy, like.repositoryPolicy]),
        () => `${each} is not completed by a retry: ${JSON.stringify({ lifecyclePolicy, repositoryPolicy })}`);
    }
  }
}

/** Each statement about ECR, each of its actions, and its resources. */
function removalsFrom(policy: RolePolicy): Removal[] {
  return policy.statements.flatMap(statement => {
    const actions = stringsOf(statement.Action).filter(action => action.startsWith('ecr:'));
    if (actions.length === 0 || statement.Effect !== 'Allow') return [];
    const others = policy.statements.filter(other => other !== statement);
    const replaced = (replacement: JsonObject = NOTHING) => [...others, replacement];
    const without = (action: string) => actions.length > 1 ? { ...statement, Action: actions.filter(other => other !== action) } : NOTHING;
    return [
      { what: `the statement on ${actions.join(', ')}`, policy, actions, statements: replaced() },
      { what: `the names in the statement on ${actions.join(', ')}`, policy, actions, statements: replaced({ ...statement, Resource: elsewhere(statement) }) },
      ...actions.map(action => ({ what: action, policy, actions: [action], statements: replaced(without(action)) })),
    ];
  });
}

/** As many resources of other names. */
function elsewhere({ Resource }: JsonObject): string[] {
  return stringsOf(Resource).map(resource => resource.replace(':repository/', ':repository/elsewhere/'));
}
