import { BrokenRule } from './broken-rule';
import { ACCOUNT, REGION } from '../handler/fixtures';
import { tagContext } from '../local-aws/access-control';
import { Ecr, EcrError, type EcrRepository } from '../local-aws/ecr';
import { evaluate, type IamRequest } from '../local-aws/iam';
import { objectOf } from '../local-aws/json';
import type { Statement } from '../local-aws/policy-document';

export const OWNER_TAG = 'cdk-ecr-auto-create:owner';

/** Who calls ECR: a person may do everything, a construct's handler what its role may. */
export interface Party {
  readonly name: string;
  readonly owner?: string;
  readonly statements?: readonly Statement[];
}

/** Policies and the calls that put them. */
const PUTS: Readonly<Partial<Record<string, 'lifecyclePolicyText' | 'repositoryPolicyText'>>> = {
  PutLifecyclePolicy: 'lifecyclePolicyText', SetRepositoryPolicy: 'repositoryPolicyText',
};

/** One account's ECR that several parties use at a time. Each call is allowed or not, and watched. */
export class SharedEcr {
  readonly ecr = new Ecr({ partition: 'aws', region: REGION, account: ACCOUNT });
  /** Who made which repository. */
  readonly creations: { readonly party: Party; readonly repositoryName: string }[] = [];
  deletions = 0;
  /** How often a handler put a policy where a person had put one meanwhile. */
  overwritten = 0;
  private readonly policiesOfPeople = new Map<EcrRepository, Set<string>>();

  call(party: Party, action: string, input: unknown): unknown {
    const { repositoryName, resourceArn, tags } = objectOf(input);
    const name = typeof resourceArn === 'string' ? resourceArn.slice(this.ecr.repositoryArn('').length) : String(repositoryName);
    const existing = this.ecr.repositories.get(name);
    const requestTags = Object.fromEntries((tags as { Key: string; Value: string }[] | undefined ?? []).map(({ Key, Value }) => [Key, Value]));
    this.authorize(party, action, this.ecr.repositoryArn(name), tagContext(requestTags, action === 'CreateRepository' ? {} : existing?.tags));

    const was = describe(existing);
    const output = this.ecr.call(action, input, party.name);
    const isOthers = party.owner !== undefined && existing !== undefined && existing.tags[OWNER_TAG] !== party.owner;
    if (isOthers && describe(this.ecr.repositories.get(name)) !== was) {
      throw new BrokenRule(`${party.name} changed ${name}, which is another's, by ${action}; it was ${was}`);
    }
    if (action === 'CreateRepository') this.creations.push({ party, repositoryName: name });
    if (action === 'DeleteRepository') this.deletions++;
    const put = PUTS[action];
    if (put !== undefined && existing !== undefined) this.watchPut(party, existing, put);
    return output;
  }

  /** What decides how everything goes on. */
  get state(): unknown {
    const ofPeople = (repository: EcrRepository) => [...this.policiesOfPeople.get(repository) ?? []];
    return [this.overwritten, ...[...this.ecr.repositories].map(([name, repository]) => [name, describe(repository), ofPeople(repository)])];
  }

  private watchPut(party: Party, repository: EcrRepository, put: string): void {
    const policies = this.policiesOfPeople.get(repository) ?? new Set();
    this.policiesOfPeople.set(repository, policies);
    if (party.owner === undefined) policies.add(put);
    else if (policies.delete(put)) this.overwritten++;
  }

  private authorize({ name, statements }: Party, action: string, resource: string, context: ReturnType<typeof tagContext>): void {
    if (statements === undefined) return;
    for (const each of action === 'CreateRepository' ? [action, 'TagResource'] : [action]) {
      if (!isAllowed(statements, { action: `ecr:${each}`, resource, context })) {
        throw new EcrError('AccessDeniedException', `${name} is not authorized to perform ecr:${each} on ${resource}`);
      }
    }
  }
}

/** Exploring asks the same again and again. */
const decisions = new WeakMap<readonly Statement[], Map<string, boolean>>();

function isAllowed(statements: readonly Statement[], request: IamRequest): boolean {
  const known = decisions.get(statements) ?? new Map<string, boolean>();
  decisions.set(statements, known);
  const key = JSON.stringify(request);
  const decision = known.get(key) ?? evaluate(statements, request) === 'allowed';
  known.set(key, decision);
  return decision;
}

/** What a repository is, without its time. */
export function describe(repository: EcrRepository | undefined): string | undefined {
  if (repository === undefined) return undefined;
  const { createdBy, tags, imageTagMutability, scanOnPush, lifecyclePolicyText, repositoryPolicyText } = repository;
  return JSON.stringify({ createdBy, tags, imageTagMutability, scanOnPush, lifecyclePolicyText, repositoryPolicyText });
}
