import { isDeepStrictEqual } from 'node:util';
import type { Verdict } from '../verdict';
import type { ConstructCase } from './apps';
import type { DeployedFunction, Run } from './deployed-function';
import type { Deployments } from './deployments';
import { failedPush, type Pusher } from './failed-pushes';
import { ACCOUNT, type Moto } from './moto';
import { exists, OWNER, readReference, readRepository, repositoryArn, type RepositoryState } from './repositories';

/** The tag for people. */
const CREATED_BY = 'created-by';

/** Judges one deployed function: what it creates, completes and leaves alone, with what its role may do. */
export class CreationJudge {
  constructor(
    private readonly verdict: Verdict, private readonly moto: Moto, private readonly deployments: Deployments, private readonly pusher: Pusher,
    private readonly deployed: DeployedFunction, private readonly construct: ConstructCase,
    /** The value of its owner tag: what its role's policies ask for. */
    private readonly owner: string,
  ) {}

  async judge(): Promise<void> {
    const names = Object.keys(this.construct.creates);
    for (const name of names) await this.create(name);
    for (const [name, reason] of Object.entries(this.construct.rejects)) await this.reject(name, reason);
    const [first] = names;
    await this.pushAtOnce(first);
    await this.complete(first);
    await this.leaveAlone(first);
    await this.overreach(first);
  }

  /** A push creates; another one of the same name changes nothing. */
  private async create(name: string): Promise<void> {
    const event = await failedPush(this.moto, this.pusher, name);
    const run = await this.deployed.run(event);
    this.expectOutcome(run, name, 'created');
    const reference = await this.reference(name);
    const policies = [
      ...(reference.lifecyclePolicy === undefined ? [] : ['PutLifecyclePolicy']),
      ...(reference.repositoryPolicy === undefined ? [] : ['SetRepositoryPolicy']),
    ];
    this.expectCalls(run, name, ['CreateRepository', ...policies]);
    const created = await readRepository(this.moto, name);
    this.expectState(name, created, reference);

    const again = await this.deployed.run(event);
    this.expectOutcome(again, name, 'exists');
    this.expectState(name, await readRepository(this.moto, name), reference);
    this.verdict.count('repositories created');
  }

  private async reject(name: string, reason: string): Promise<void> {
    const pusher = reason === 'NotAllowedPrincipal' ? { ...this.pusher, roleArn: OTHER_ROLE } : this.pusher;
    const run = await this.deployed.run(await failedPush(this.moto, pusher, name));
    this.expectOutcome(run, name, 'rejected');
    this.verdict.check('handler runs', run.lines[0]?.reason === reason, () => `${this.about(name)} is rejected for ${String(run.lines[0]?.reason)}, not ${reason}`);
    this.expectCalls(run, name, []);
    this.verdict.check('refusals', !await exists(this.moto, name), () => `${this.about(name)} exists after it was rejected`);
    if (reason !== 'NotAllowedPrincipal') await this.expectDenied('CreateRepository', { repositoryName: name, tags: this.tags });
  }

  /** The layers of one push fail together: several environments of the function deal with one name. */
  private async pushAtOnce(like: string): Promise<void> {
    const name = `${like}-at-once`;
    const events = await Promise.all([1, 2, 3].map(async () => failedPush(this.moto, this.pusher, name)));
    const environments = [this.deployed, this.deployed.another(), this.deployed.another()];
    try {
      const runs = await Promise.all(environments.map(async (environment, index) => environment.run(events[index])));
      const outcomes = runs.map(({ failure, lines }) => failure?.errorMessage ?? String(lines[0]?.outcome));
      this.verdict.check('handler runs', outcomes.filter(outcome => outcome === 'created').length === 1
        && outcomes.every(outcome => ['created', 'completed', 'exists'].includes(outcome)), () => `${this.about(name)}, three times at once: ${outcomes.join(', ')}`);
      this.expectState(name, await readRepository(this.moto, name), await this.reference(like));
    } finally {
      await Promise.all(environments.slice(1).map(async environment => environment.stop()));
    }
  }

  /** A repository of its own that lacks its policies gets them; what is there is not overwritten. */
  private async complete(like: string): Promise<void> {
    const name = `${like}-half`;
    const event = await failedPush(this.moto, this.pusher, name);
    await this.moto.call('ecr', 'CreateRepository', { repositoryName: name, tags: this.tags });
    const reference = await this.reference(like);
    const hasPolicies = reference.lifecyclePolicy !== undefined || reference.repositoryPolicy !== undefined;
    const run = await this.deployed.run(event);
    this.expectOutcome(run, name, hasPolicies ? 'completed' : 'exists');
    const { lifecyclePolicy, repositoryPolicy } = await readRepository(this.moto, name);
    this.verdict.check('repositories compared',
      isDeepStrictEqual([lifecyclePolicy, repositoryPolicy], [reference.lifecyclePolicy, reference.repositoryPolicy]),
      () => `${this.about(name)} has ${JSON.stringify({ lifecyclePolicy, repositoryPolicy })} after a retry, not the policies of ${JSON.stringify(reference)}`);
    if (reference.lifecyclePolicy === undefined || reference.repositoryPolicy === undefined) return;

    await this.moto.call('ecr', 'PutLifecyclePolicy', { repositoryName: name, lifecyclePolicyText: OTHER_LIFECYCLE_POLICY });
    await this.moto.call('ecr', 'DeleteRepositoryPolicy', { repositoryName: name });
    this.expectOutcome(await this.deployed.run(event), name, 'completed');
    const after = await readRepository(this.moto, name);
    this.verdict.check('repositories compared',
      isDeepStrictEqual([after.lifecyclePolicy, after.repositoryPolicy], [JSON.parse(OTHER_LIFECYCLE_POLICY), reference.repositoryPolicy]),
      () => `${this.about(name)}: the retry made ${JSON.stringify(after)} of a lifecycle policy of another's and no repository policy`);
  }

  /** A repository that somebody else created stays as it is. */
  private async leaveAlone(like: string): Promise<void> {
    for (const tags of [[], [{ Key: OWNER, Value: `${this.owner}-another` }]]) {
      const name = `${like}-other${tags.length}`;
      const event = await failedPush(this.moto, this.pusher, name);
      await this.moto.call('ecr', 'CreateRepository', { repositoryName: name, tags });
      const before = await readRepository(this.moto, name);
      const run = await this.deployed.run(event);
      this.expectOutcome(run, name, 'exists');
      this.verdict.check('repositories compared', isDeepStrictEqual(await readRepository(this.moto, name), before), () => `${this.about(name)}, of somebody else, was changed`);
      const changing = run.calls.filter(({ action, allowed }) => allowed && !/^(Get|List)/.test(action));
      // CreateRepository is allowed, and fails.
      this.verdict.check('handler runs', changing.every(({ action }) => action === 'CreateRepository'), () => `${this.about(name)}, of somebody else: ${JSON.stringify(changing)}`);
    }
  }

  /** What the role must not do, even on a repository of its own. */
  private async overreach(name: string): Promise<void> {
    const repositoryName = name;
    await this.expectDenied('DeleteRepository', { repositoryName });
    await this.expectDenied('DeleteRepositoryPolicy', { repositoryName });
    await this.expectDenied('DeleteLifecyclePolicy', { repositoryName });
    await this.expectDenied('PutImageTagMutability', { repositoryName, imageTagMutability: 'MUTABLE' });
    await this.expectDenied('PutImageScanningConfiguration', { repositoryName, imageScanningConfiguration: { scanOnPush: false } });
    await this.expectDenied('UntagResource', { resourceArn: repositoryArn(name), tagKeys: [OWNER] });
    await this.expectDenied('DescribeRepositories', {});
    await this.expectDenied('InitiateLayerUpload', { repositoryName });
    await this.expectDenied('PutRegistryPolicy', { policyText: '{}' });
  }

  private async expectDenied(operation: string, parameters: Record<string, unknown>): Promise<void> {
    const error = await this.moto.errorOf('ecr', operation, parameters, this.deployed.credentials);
    this.verdict.check('refusals', error === 'AccessDeniedException',
      () => `${this.about(JSON.stringify(parameters))}: ${operation} by the function's role is ${error ?? 'allowed'}, not denied`);
  }

  private expectOutcome({ failure, lines }: Run, name: string, outcome: string): void {
    this.verdict.check('handler runs', failure === undefined && lines.length === 1 && lines[0].outcome === outcome && lines[0].repositoryName === name,
      () => `${this.about(name)} must be ${outcome}: ${JSON.stringify({ failure, lines })}`);
  }

  private expectCalls({ calls }: Run, name: string, actions: readonly string[]): void {
    const expected = actions.map(action => ({ service: 'ecr', action, resource: repositoryArn(name), allowed: true }));
    this.verdict.check('handler runs', isDeepStrictEqual(calls, expected), () => `${this.about(name)} takes the calls ${JSON.stringify(calls)}, not ${JSON.stringify(expected)}`);
  }

  private expectState(name: string, state: RepositoryState, reference: RepositoryState): void {
    this.verdict.check('repositories compared', isDeepStrictEqual(state, reference),
      () => `${this.about(name)} is ${JSON.stringify(state)}, and must be ${JSON.stringify(reference)}`);
  }

  /** What a repository of the name must be: what CloudFormation makes of the settings, with our own tags. */
  private async reference(name: string): Promise<RepositoryState> {
    const reference = await readReference(this.moto, this.deployments, name);
    const { creatorTagKey } = this.construct;
    const own = { [CREATED_BY]: 'cdk-ecr-auto-create', [OWNER]: this.owner, ...(creatorTagKey !== undefined && { [creatorTagKey]: this.pusher.roleArn }) };
    return { ...reference, tags: { ...reference.tags, ...own } };
  }

  private get tags(): Record<string, string>[] {
    return [{ Key: OWNER, Value: this.owner }];
  }

  private about(name: string): string {
    return `${this.construct.stackName}/${this.construct.id}: ${name}`;
  }
}

/** Not one of those that continuous integration assumes. */
const OTHER_ROLE = `arn:aws:iam::${ACCOUNT}:role/laptop`;

const OTHER_LIFECYCLE_POLICY = JSON.stringify({
  rules: [{ rulePriority: 1, selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 3 }, action: { type: 'expire' } }],
});
