import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { atLongest } from './token-lengths';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const MAX_POLICY_LENGTH = 6_144;

/** A role holds 10 managed policies by default; one place is left for the user's or the CDK's. */
export const MAX_POLICIES = 9;

/** A statement whose list of resources may be split over several policies. */
export interface SplittableStatement {
  readonly actions: string[];
  readonly resources: string[];
  readonly conditions?: Record<string, Record<string, unknown>>;
}

/**
 * Distributes statements over as many managed policies as they need, none of them longer than IAM accepts.
 *
 * The CDK splits a policy between statements, but never one statement, which a long list of names makes too long.
 */
export function packStatements(scope: Construct, statements: SplittableStatement[]): SplittableStatement[][] {
  const stack = Stack.of(scope);
  const lengthOf = (part: unknown) => atLongest(stack, JSON.stringify(part)).length;
  const emptyPolicy = lengthOf({ Version: '2012-10-17', Statement: [] });

  const policies: SplittableStatement[][] = [[]];
  let free = MAX_POLICY_LENGTH - emptyPolicy;
  for (const statement of statements) {
    const frame = lengthOf({
      Effect: 'Allow', Action: statement.actions, Resource: [], ...(statement.conditions && { Condition: statement.conditions }),
    }) + 1;
    let resources: string[] = [];
    for (const resource of statement.resources) {
      const length = lengthOf(resource) + 1;
      const needed = length + (resources.length === 0 ? frame : 0);
      if (needed > free) {
        policies.push([]);
        free = MAX_POLICY_LENGTH - emptyPolicy;
        resources = [];
      }
      if (resources.length === 0) {
        free -= frame;
        policies[policies.length - 1].push({ ...statement, resources });
      }
      resources.push(resource);
      free -= length;
    }
  }
  return policies.filter(policy => policy.length > 0);
}

/** Attaches the statements to the role, in managed policies of the scope. */
export function attachStatements(scope: Construct, role: iam.IRole, statements: SplittableStatement[]): void {
  packStatements(scope, statements).forEach((packed, index) => {
    role.addManagedPolicy(new iam.ManagedPolicy(scope, `Policy${index + 1}`, {
      description: 'Lets cdk-ecr-auto-create make repositories',
      statements: packed.map(statement => new iam.PolicyStatement(statement)),
    }));
  });
}
