import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledged-findings';
import { readableJson } from './readable-json';
import { atLongest } from './token-lengths';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const MAX_POLICY_LENGTH = 6_144;

/** A role holds 10 managed policies by default: one is for the function's log and queue, and one place is left for the user's. */
export const MAX_POLICIES = 8;

/** A statement whose list of resources may be split over several policies. */
export interface SplittableStatement {
  /** Undefined: ALLOW. */
  readonly effect?: iam.Effect;
  readonly actions: string[];
  readonly resources: string[];
  readonly conditions?: Record<string, Record<string, unknown>>;
}

/** Distributes statements over managed policies that IAM accepts. */
export class ManagedPolicyPacker {
  private readonly lengths = new Map<string, number>();

  /** @param maxPolicies how many policies there may be */
  constructor(private readonly scope: Construct, private readonly maxPolicies = MAX_POLICIES) {}

  /**
   * The statements in as many policies as they need.
   *
   * The CDK splits a policy between statements, but never one statement, which a long list of names makes too long.
   */
  public pack(statements: SplittableStatement[]): SplittableStatement[][] {
    const empty = MAX_POLICY_LENGTH - this.lengthOf({ Version: '2012-10-17', Statement: [] });
    const policies: SplittableStatement[][] = [[]];
    let free = empty;
    for (const { effect, actions, conditions, resources } of statements) {
      const frame = 1 + this.lengthOf({
        Effect: effect ?? iam.Effect.ALLOW, Action: actions, Resource: [], ...(conditions && { Condition: conditions }),
      });
      let packed: string[] | undefined;
      for (const resource of resources) {
        const length = this.lengthOf(resource) + 1;
        if (length + (packed ? 0 : frame) > free) {
          policies.push([]);
          free = empty;
          packed = undefined;
        }
        if (packed === undefined) {
          packed = [];
          policies[policies.length - 1].push({ effect, actions, conditions, resources: packed });
          free -= frame;
        }
        packed.push(resource);
        free -= length;
      }
    }
    return policies.filter(policy => policy.length > 0);
  }

  /** Whether the statements need no more policies than there may be. */
  public fits(statements: SplittableStatement[]): boolean {
    return this.pack(statements).length <= this.maxPolicies;
  }

  /** Attaches the statements to the role, in managed policies of the scope. */
  public attach(role: iam.IRole, statements: SplittableStatement[]): iam.ManagedPolicy[] {
    return this.pack(statements).map((packed, index) => {
      const policy = new iam.ManagedPolicy(this.scope, `Policy${index + 1}`, {
        description: 'Permissions of cdk-ecr-auto-create on the repositories that it may create',
        statements: packed.map(statement => new iam.PolicyStatement(statement)),
      });
      const wildcards = packed.filter(({ effect }) => effect !== iam.Effect.DENY)
        .flatMap(({ resources }) => resources).filter(resource => resource.endsWith('*'));
      if (wildcards.length > 0) {
        acknowledge(policy, {
          rules: ['AwsSolutions-IAM5'],
          findings: wildcards.map(resource => `Resource::${JSON.parse(readableJson(this.scope, resource))}`),
          isWholeRule: true,
          reason: 'The repositories that may be created are known by the prefixes of their names only',
        });
      }
      // What needs the role refers to it: from another stack, the role must not refer back.
      if (iam.Role.isRole(role) && Stack.of(role) !== Stack.of(this.scope)) policy.attachToRole(role);
      else role.addManagedPolicy(policy);
      return policy;
    });
  }

  private lengthOf(part: unknown): number {
    const text = JSON.stringify(part);
    const length = this.lengths.get(text) ?? atLongest(Stack.of(this.scope), text).length;
    this.lengths.set(text, length);
    return length;
  }
}
