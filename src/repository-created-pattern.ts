import { Stack } from 'aws-cdk-lib';
import type { EventPattern } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';

/** Matches repositories that one of the roles has created, in this account and Region. */
export function repositoryCreatedPattern(scope: Construct, roleArns: string[]): EventPattern {
  const { account, region } = Stack.of(scope);
  return {
    source: ['aws.ecr'],
    detailType: ['AWS API Call via CloudTrail'],
    account: [account],
    region: [region],
    detail: {
      eventSource: ['ecr.amazonaws.com'],
      eventName: ['CreateRepository'],
      errorCode: [{ exists: false }],
      userIdentity: { sessionContext: { sessionIssuer: { arn: roleArns } } },
    },
  };
}
