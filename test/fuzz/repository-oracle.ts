import { isDeepStrictEqual } from 'node:util';
import type { Judgement, Policy } from './contract';
import { demand, show } from './disagreement';
import type { ModelledEcr } from './modelled-ecr';
import { checkTags } from './tag-oracle';
import { isOwn, type Snapshot, snapshot } from './world';
import type { PolicyDocument } from '../../src/handler/configuration';

/** Nothing was asked of ECR but for the events that the policy allows, and what others have is as it was. */
export function checkCalls(model: ModelledEcr, before: Snapshot, judgements: readonly Judgement[], policy: Policy): void {
  const allowed = judgements.filter(({ violations }) => violations.size === 0);
  demand('policy', allowed.length > 0 || model.handlerCalls.length === 0, () => `ECR was asked for ${show(model.handlerCalls)}, and no event is allowed`);
  demand('throws', model.refusals.length === 0, () => `ECR refused what it was asked for: ${show(model.refusals)}`);
  for (const input of model.inputsOf('CreateRepository')) {
    const judgement = allowed.find(({ name }) => name === input.repositoryName);
    demand('policy', judgement !== undefined, () => `${show(input.repositoryName)} was asked for, and no allowed event names it`);
    const { repositoryName, tags, ...rest } = input;
    demand('completeness', isDeepStrictEqual(rest, withoutTags(judgement!)), () => `${show(repositoryName)} was asked for with ${show(rest)}`);
    // Two events can name one repository, each with its creator.
    const fitting = allowed.filter(({ name }) => name === repositoryName);
    firstThatHolds(fitting, each => checkTags(tags, each, policy));
  }
  const after = snapshot(model);
  for (const [name, description] of before) {
    demand('others', isOwn(model, name, policy) || after.get(name) === description, () => `${show(name)} is another's and was changed: ${show(after.get(name))}`);
  }
  for (const name of after.keys()) {
    demand('policy', before.has(name) || allowed.some(judgement => judgement.name === name), () => `${show(name)} is there, and no allowed event names it`);
  }
}

/** An allowed repository is there, and if it is our own, with all its settings; what was there stays. */
export function checkComplete(model: ModelledEcr, before: Snapshot, { name, settings }: Judgement, policy: Policy): void {
  const repository = model.ecr.repositories.get(name!);
  demand('completeness', repository !== undefined, () => `${show(name)} is not there`);
  if (!isOwn(model, name!, policy)) return;
  const was = before.get(name!);
  const { lifecyclePolicyText, repositoryPolicyText } = was === undefined ? {} : JSON.parse(was) as Partial<Record<string, string>>;
  const expected = {
    lifecyclePolicy: lifecyclePolicyText ?? textOf(settings!.lifecyclePolicy),
    repositoryPolicy: repositoryPolicyText ?? textOf(settings!.repositoryPolicy),
  };
  const actual = { lifecyclePolicy: repository!.lifecyclePolicyText, repositoryPolicy: repository!.repositoryPolicyText };
  demand('completeness', expected.lifecyclePolicy === actual.lifecyclePolicy && expected.repositoryPolicy === actual.repositoryPolicy,
    () => `${show(name)} has ${show(actual)}, and should have ${show(expected)}`);
}

function withoutTags({ settings }: Judgement): object {
  return Object.fromEntries(Object.entries(settings!.repository).filter(([key]) => key !== 'tags'));
}

function textOf(policy: PolicyDocument | undefined): string | undefined {
  return policy === undefined || typeof policy === 'string' ? policy : JSON.stringify(policy);
}

function firstThatHolds<T>(candidates: readonly T[], check: (candidate: T) => void): void {
  let failure: unknown;
  for (const candidate of candidates) {
    try {
      check(candidate);
      return;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
