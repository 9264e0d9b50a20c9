import { Annotations, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { coarsened, withoutCovered } from './common-prefixes';
import { OWNER_TAG_KEY } from './handler/reserved-tags';
import { ManagedPolicyPacker, MAX_POLICIES, type SplittableStatement } from './managed-policies';
import type { RepositoryPlan } from './repository-plan';

/**
 * Lets the role do what the handler does, on the names that the plan allows.
 *
 * Where so many names do not fit into a role's policies, the permissions cover common prefixes. The handler still refuses what is not allowed.
 */
export function grantCreation(scope: Construct, role: iam.IRole, plan: RepositoryPlan): void {
  const exact = withoutCovered(plan.allowedPrefixes ?? ['']);
  const keys = keyStatements(scope, plan);
  const packer = new ManagedPolicyPacker(scope);
  let created = exact;
  let own = exact;
  const statements = () => [...creationStatements(plan, created), ...completionStatements(plan, own), ...keys];
  const fits = () => packer.pack(statements()).length <= MAX_POLICIES;

  // First what reaches only the construct's own repositories: it is limited by the owner tag anyway.
  while (own.length > 1 && !fits()) own = coarsened(own);
  while (created.length > 1 && !fits()) created = coarsened(created);

  packer.attach(role, statements());

  if (created.length < exact.length) {
    Annotations.of(scope).addWarningV2('cdk-ecr-auto-create:coarsePermissions',
      `allowedPrefixes are too many for the ${MAX_POLICIES} managed policies that the handler's role can hold: its permissions cover ${created.length} common prefixes instead of ${exact.length}; the handler itself still creates only allowed names`);
  }
}

function creationStatements(plan: RepositoryPlan, prefixes: string[]): SplittableStatement[] {
  return [{
    actions: ['ecr:CreateRepository', 'ecr:TagResource'],
    resources: arns(plan, prefixes),
    conditions: { StringEquals: { [`aws:RequestTag/${OWNER_TAG_KEY}`]: plan.owner } },
  }];
}

/** Only policies can be left out by an attempt that failed half-way. */
function completionStatements(plan: RepositoryPlan, prefixes: string[]): SplittableStatement[] {
  const actions = [
    ...(plan.hasLifecyclePolicies ? ['ecr:GetLifecyclePolicy', 'ecr:PutLifecyclePolicy'] : []),
    ...(plan.hasRepositoryPolicies ? ['ecr:GetRepositoryPolicy', 'ecr:SetRepositoryPolicy'] : []),
  ];
  if (actions.length === 0) return [];
  const resources = arns(plan, prefixes);
  return [
    { actions: ['ecr:ListTagsForResource'], resources },
    { actions, resources, conditions: { StringEquals: { [`aws:ResourceTag/${OWNER_TAG_KEY}`]: plan.owner } } },
  ];
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html */
function keyStatements(scope: Construct, plan: RepositoryPlan): SplittableStatement[] {
  if (plan.encryptionKeys.length === 0) return [];
  const { region } = Stack.of(scope);
  return [{
    actions: ['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant'],
    resources: plan.encryptionKeys.map(key => key.keyArn),
    conditions: { StringEquals: { 'kms:ViaService': `ecr.${region}.amazonaws.com` } },
  }];
}

function arns(plan: RepositoryPlan, prefixes: string[]): string[] {
  return prefixes.map(prefix => plan.repositoryArn(`${prefix}*`));
}
