import { Token } from 'aws-cdk-lib';
import type { PlannedOverride, RepositoryPlan } from './repository-plan';

/** The prefix of the template for every name that no other template covers. */
const EVERY_NAME = 'ROOT';

const OTHER_WAY = 'or let EcrAutoCreate create the repositories without creationTemplates';

/** A creation template that the plan needs. Its prefix is empty or ends with a `/`. */
export type PlannedTemplate = PlannedOverride;

/**
 * The templates that make of the plan's names, and of no other, what the plan says, given that the one with the longest prefix applies.
 *
 * One for each allowed prefix, or for every name. Below them, one for each override that says something else than the template around it.
 * An override around allowed prefixes has none of its own, which would cover more names than are allowed: it applies in theirs.
 */
export function plannedTemplates(plan: RepositoryPlan): PlannedTemplate[] {
  plan.allowedPrefixes?.forEach((prefix, index) => checkPrefix(`allowedPrefixes[${index}]`, prefix));
  plan.overrides.forEach(({ prefix }, index) => checkPrefix(`repositoryOverrides[${index}].prefix`, prefix));

  const templates = (plan.allowedPrefixes ?? ['']).map(prefix => ({
    prefix, specification: longest(plan.overrides, prefix)?.specification ?? plan.defaults,
  }));
  // From the outside in, so that the templates around an override are there before it.
  for (const override of [...plan.overrides].sort((left, right) => left.prefix.length - right.prefix.length)) {
    const around = longest(templates, override.prefix);
    if (around !== undefined && !override.specification.hasSameTemplateAs(around.specification)) templates.push(override);
  }
  return templates;
}

/** The prefix as a template has it: ECR adds the `/` at its end. */
export function templatePrefix(prefix: string): string {
  return prefix === '' ? EVERY_NAME : prefix.slice(0, -1);
}

/** What applies to all names that begin with the prefix. */
function longest<T extends PlannedOverride>(candidates: T[], prefix: string): T | undefined {
  return candidates.filter(candidate => prefix.startsWith(candidate.prefix))
    .reduce<T | undefined>((found, candidate) => found && found.prefix.length >= candidate.prefix.length ? found : candidate, undefined);
}

/** Throws unless a template can cover exactly the names that begin with the prefix. */
function checkPrefix(prop: string, prefix: string): void {
  if (Token.isUnresolved(prefix)) {
    throw new Error(`${prop} must be known at synth, because a creation template is made for it, got a token; write the prefix out, ${OTHER_WAY}`);
  }
  if (!prefix.endsWith('/')) {
    throw new Error(`${prop} must end with '/', because ECR ends a creation template's prefix with one, got '${prefix}'; add the '/', ${OTHER_WAY}`);
  }
}
