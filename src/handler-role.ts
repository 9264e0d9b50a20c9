import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge, type AcknowledgedFinding } from './acknowledged-findings';

/** What the CDK grants on the customer key of a queue. */
const KEY_WILDCARDS = ['kms:GenerateDataKey*', 'kms:ReEncrypt*'];

const IAM_WILDCARDS = ['AwsSolutions-IAM5'];

/**
 * The function's role, with a managed policy for what it may do besides creating repositories.
 *
 * The CDK's roles put what they are granted into an inline policy, which compliance rules refuse.
 */
export class HandlerRole extends iam.Role {
  /** After the role: the policy may name what depends on the role, such as a key with a policy that names it. */
  private readonly granted: iam.ManagedPolicy;
  private readonly acknowledged = new Set<string>();

  constructor(scope: Construct, id: string) {
    super(scope, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    this.granted = new iam.ManagedPolicy(this, 'Policy', {
      description: 'What the function of cdk-ecr-auto-create needs besides Amazon ECR',
      roles: [this],
    });
  }

  public override addToPrincipalPolicy(statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult {
    this.granted.addStatements(statement);
    this.acknowledgeWildcards(statement);
    return { statementAdded: true, policyDependable: this.granted };
  }

  /** Those that the construct needs, not what users add. */
  private acknowledgeWildcards({ actions, resources }: iam.PolicyStatement): void {
    for (const action of actions) {
      if (KEY_WILDCARDS.includes(action)) {
        this.acknowledgeOnce({ rules: IAM_WILDCARDS, findings: [`Action::${action}`], reason: 'They are the variants of one action, on one key only' });
      }
    }
    if (resources.includes('*') && actions.every(action => /^(ec2|xray):/.test(action))) {
      const reason = 'AWS X-Ray and the network interfaces of AWS Lambda take no other resource';
      this.acknowledgeOnce({ rules: IAM_WILDCARDS, findings: ['Resource::*'], reason });
      // That check has nothing against X-Ray's actions.
      if (actions.some(action => action.startsWith('ec2:'))) this.acknowledgeOnce({ rules: [], checks: ['CKV_AWS_111'], reason });
    }
  }

  private acknowledgeOnce(finding: AcknowledgedFinding): void {
    const text = JSON.stringify(finding);
    if (this.acknowledged.has(text)) return;
    this.acknowledged.add(text);
    acknowledge(this.granted, finding);
  }
}

const NETWORK_INTERFACE_ACTIONS = [
  'ec2:AssignPrivateIpAddresses', 'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * Lets Lambda, by the role, connect the function to a VPC, and keeps the function's own code from doing the same.
 *
 * The CDK sees to that only for roles that it makes by itself.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
export function grantNetworkInterfaces(scope: Construct, role: iam.IRole): void {
  const anyFunction = Stack.of(scope).formatArn({
    service: 'lambda', resource: 'function', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: NETWORK_INTERFACE_ACTIONS, resources: ['*'] }));
  role.addToPrincipalPolicy(new iam.PolicyStatement({
    effect: iam.Effect.DENY,
    actions: [...NETWORK_INTERFACE_ACTIONS, 'ec2:DetachNetworkInterface'],
    resources: ['*'],
    // The function's own ARN would make the role depend on the function, which depends on it.
    conditions: { ArnLike: { 'lambda:SourceFunctionArn': anyFunction } },
  }));
}
