import { Annotations, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { coarsenedUntil, withoutCovered } from './common-prefixes';
import { OWNER_TAG_KEY } from './handler/reserved-tags';
import { ManagedPolicyPacker, MAX_POLICIES, type SplittableStatement } from './managed-policies';
import type { RepositoryPlan } from './repository-plan';

/** Most of the role's policies are for what it may do. */
const MAX_DENIAL_POLICIES = 3;

/**
 * Lets the role do what the handler does, on the names that the plan allows.
 *
 * Where so many names do not fit into a role's policies, the permissions cover common prefixes. The handler still refuses what is not allowed.
 */
export function grantCreation(scope: Construct, role: iam.IRole, plan: RepositoryPlan): void {
  const exact = withoutCovered(plan.allowedPrefixes ?? ['']);
  const keys = keyStatements(scope, plan);
  const packer = new ManagedPolicyPacker(scope);
  const denied = denialStatements(scope, plan, packer);
  const statements = (created: string[], own: string[]) =>
    [...denied, ...creationStatements(plan, created), ...completionStatements(plan, own), ...keys];

  // First what reaches only the construct's own repositories: it is limited by the owner tag anyway.
  const own = coarsenedUntil(exact, prefixes => packer.fits(statements(exact, prefixes)));
  const created = coarsenedUntil(exact, prefixes => packer.fits(statements(prefixes, own)));

  packer.attach(role, statements(created, own));
  warnIfCoarse(scope, { covered: created, exact, role: "the handler's role", limit: 'the handler itself still creates only allowed names' });
}

/** What a role's permissions cover, and should. */
export interface PermittedPrefixes {
  readonly covered: string[];
  readonly exact: string[];

  /** Whose permissions these are, for the warning. */
  readonly role: string;

  /** Why no other names are created all the same. */
  readonly limit: string;

  /** How many managed policies there may be. */
  readonly policies?: number;
}

/** Warns where permissions cover more names than are allowed. */
export function warnIfCoarse(scope: Construct, { covered, exact, role, limit, policies = MAX_POLICIES }: PermittedPrefixes): void {
  if (covered.length === exact.length) return;
  Annotations.of(scope).addWarningV2('cdk-ecr-auto-create:coarsePermissions',
    `allowedPrefixes are too many for the ${policies} managed policies that ${role} can hold: its permissions cover ${covered.length} common prefixes instead of ${exact.length}; ${limit}`);
}

function creationStatements(plan: RepositoryPlan, prefixes: string[]): SplittableStatement[] {
  return [{
    actions: ['ecr:CreateRepository', 'ecr:TagResource'],
    resources: repositoryArns(plan, prefixes),
    conditions: { StringEquals: { [`aws:RequestTag/${OWNER_TAG_KEY}`]: plan.owner } },
  }];
}

/** Denied names, which coarser prefixes would not deny exactly: all of them, or none where they are too many. */
function denialStatements(scope: Construct, plan: RepositoryPlan, packer: ManagedPolicyPacker): SplittableStatement[] {
  if (plan.deniedPrefixes.length === 0) return [];
  const actions = [...creationStatements(plan, []), ...completionStatements(plan, [])].flatMap(statement => statement.actions);
  const statements = [{ effect: iam.Effect.DENY, actions, resources: repositoryArns(plan, withoutCovered(plan.deniedPrefixes)) }];
  if (packer.pack(statements).length <= MAX_DENIAL_POLICIES) return statements;

  Annotations.of(scope).addInfoV2('cdk-ecr-auto-create:denialsNotInPolicies',
    'deniedPrefixes are too many for the policies of the handler\'s role: the handler alone refuses them');
  return [];
}

/** Only policies can be left out by an attempt that failed half-way. */
function completionStatements(plan: RepositoryPlan, prefixes: string[]): SplittableStatement[] {
  const actions = [
    ...(plan.hasLifecyclePolicies ? ['ecr:GetLifecyclePolicy', 'ecr:PutLifecyclePolicy'] : []),
    ...(plan.hasRepositoryPolicies ? ['ecr:GetRepositoryPolicy', 'ecr:SetRepositoryPolicy'] : []),
  ];
  if (actions.length === 0) return [];
  const resources = repositoryArns(plan, prefixes);
  return [
    { actions: ['ecr:ListTagsForResource'], resources },
    { actions, resources, conditions: { StringEquals: { [`aws:ResourceTag/${OWNER_TAG_KEY}`]: plan.owner } } },
  ];
}

/**
 * What who creates a repository needs on the customer keys that encrypt it.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
 */
export function keyStatements(scope: Construct, plan: RepositoryPlan): SplittableStatement[] {
  if (plan.encryptionKeys.length === 0) return [];
  const { region } = Stack.of(scope);
  return [{
    actions: ['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant'],
    resources: plan.encryptionKeys.map(key => key.keyArn),
    conditions: { StringEquals: { 'kms:ViaService': `ecr.${region}.amazonaws.com` } },
  }];
}

export function repositoryArns(plan: RepositoryPlan, prefixes: string[]): string[] {
  return prefixes.map(prefix => plan.repositoryArn(`${prefix}*`));
}
