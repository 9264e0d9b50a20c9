import { Names } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { coarsenedUntil, withoutCovered } from './common-prefixes';
import { repositoryArns, warnIfCoarse } from './ecr-permissions';
import { ManagedPolicyPacker } from './managed-policies';
import type { RepositoryPlan } from './repository-plan';

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html */
export const PUSH_ACTIONS = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:CompleteLayerUpload',
  'ecr:InitiateLayerUpload',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
];

export const PULL_ACTIONS = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:GetDownloadUrlForLayer',
];

/** Of the 10 managed policies that a role holds by default: so that both grants fit, with two of the user's. */
const MAX_POLICIES_OF_GRANT = 4;

/** Allows the actions on the names that the plan allows, whether or not the repositories exist. */
export function grantOnRepositories(scope: Construct, grantee: iam.IGrantable, actions: string[], plan: RepositoryPlan): iam.Grant {
  // A token for the registry is not bound to a repository.
  const token = iam.Grant.addToPrincipal({ grantee, actions: ['ecr:GetAuthorizationToken'], resourceArns: ['*'] });

  const exact = withoutCovered(plan.allowedPrefixes ?? ['']);
  const statements = (prefixes: string[]) => [{ actions, resources: repositoryArns(plan, prefixes) }];
  const packer = new ManagedPolicyPacker(scope);
  const principal = grantee.grantPrincipal;
  if (packer.pack(statements(exact)).length === 1 || !isRole(principal)) {
    return token.combine(iam.Grant.addToPrincipal({ grantee, actions, resourceArns: repositoryArns(plan, exact) }));
  }

  // The CDK would put them into one statement, which it cannot split.
  const policies = new ManagedPolicyPacker(new Construct(scope, `${actions.includes('ecr:PutImage') ? 'Push' : 'Pull'}${Names.nodeUniqueId(principal.node)}`),
    MAX_POLICIES_OF_GRANT);
  const covered = coarsenedUntil(exact, prefixes => policies.fits(statements(prefixes)));
  policies.attach(principal, statements(covered));
  warnIfCoarse(scope, {
    covered, exact, role: principal.node.path, limit: 'whoever has the grant can push or pull under these, but not create repositories', policies: MAX_POLICIES_OF_GRANT,
  });
  return token;
}

function isRole(principal: iam.IPrincipal): principal is iam.IRole {
  return 'roleArn' in principal && 'addManagedPolicy' in principal;
}
