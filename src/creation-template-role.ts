import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { coarsenedUntil, withoutCovered } from './common-prefixes';
import { CreationTemplateTrigger } from './creation-template-trigger';
import { keyStatements, repositoryArns, warnIfCoarse } from './ecr-permissions';
import { ManagedPolicyPacker } from './managed-policies';
import type { RepositoryPlan } from './repository-plan';

/**
 * A role for ECR to create repositories with.
 *
 * AWS documents no condition for its trust, so there is none.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-create-iam.html
 */
export function createTemplateRole(scope: Construct, id: string): iam.Role {
  return new iam.Role(scope, id, {
    description: 'Lets Amazon ECR create repositories by creation templates',
    assumedBy: new iam.ServicePrincipal('ecr.amazonaws.com'),
  });
}

/**
 * Throws unless a creation template can name the role.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepositoryCreationTemplate.html
 */
export function checkTemplateRole(scope: Construct, role: iam.IRole): void {
  const { account } = Stack.of(scope);
  if (Token.compareStrings(role.env.account, account) === TokenComparison.DIFFERENT) {
    throw new Error(`role must be in the stack's account, ${account}, got a role in ${role.env.account}`);
  }
  // CloudFormation's pattern of CustomRoleArn has no '/' in the role's name.
  const path = pathOf(role);
  if (path !== undefined && path !== '/') {
    throw new Error(`role must be one without a path, because CloudFormation takes no other for a creation template, got one with the path '${path}'`);
  }
}

/** Undefined where it is not known at synth. */
function pathOf(role: iam.IRole): string | undefined {
  const { defaultChild } = role.node;
  const path = defaultChild instanceof iam.CfnRole ? defaultChild.path : /:role(\/(?:.*\/)?)[^/]*$/.exec(role.roleArn)?.[1];
  return Token.isUnresolved(path) ? undefined : path;
}

/**
 * Lets the role do what ECR does by templates for the plan's names.
 *
 * That is what AWS's example policy has. It has no permission to set policies, nor has ECR's service-linked role, which can apply templates
 * with policies too. Nothing says that the calls carry the tags as request tags, so there is no condition on the owner tag.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-custom.html
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ECRTemplateServiceRolePolicy.html
 * @returns the policies, without which the role cannot act
 */
export function grantTemplateCreation(
  scope: Construct, role: iam.IRole, plan: RepositoryPlan, triggers: CreationTemplateTrigger[],
): iam.ManagedPolicy[] {
  const replicates = triggers.some(({ value }) => value === CreationTemplateTrigger.REPLICATION.value);
  const actions = ['ecr:CreateRepository', ...(replicates ? ['ecr:ReplicateImage'] : []), 'ecr:TagResource'];
  const keys = keyStatements(scope, plan);
  const statements = (prefixes: string[]) => [{ actions, resources: repositoryArns(plan, prefixes) }, ...keys];

  const packer = new ManagedPolicyPacker(scope);
  const exact = withoutCovered(plan.allowedPrefixes ?? ['']);
  const covered = coarsenedUntil(exact, prefixes => packer.fits(statements(prefixes)));
  warnIfCoarse(scope, { covered, exact, role: 'the role of the creation templates', limit: 'ECR uses it only for names that a template covers' });
  return packer.attach(role, statements(covered));
}
