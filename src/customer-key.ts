import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { allowInKeyPolicy, checkKey } from './kms-key';

/** What `encryptionKey` encrypts beside the function's environment: only what is not given by the user. */
export interface CustomerKeyUses {
  readonly logGroup: boolean;
  readonly deadLetterQueue: boolean;
}

/**
 * Lets the services and the function's role use the customer key of `encryptionKey`, as far as the CDK does not.
 *
 * The CDK itself allows the function's role to send to an encrypted queue, and to receive from it.
 */
export function useCustomerKey(scope: Construct, key: kms.IKey, role: iam.IRole, uses: CustomerKeyUses): void {
  checkKey(scope, 'encryptionKey', key, 'CloudWatch Logs');

  // Lambda decrypts the environment as the role. AWS wants roles that write to an encrypted log group to be allowed to use its key, too:
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
  key.grant(role, 'kms:Decrypt', ...(uses.logGroup ? ['kms:GenerateDataKey'] : []));

  allowInKeyPolicy(scope, key, {
    prop: 'encryptionKey',
    warning: 'encryptionKeyPolicy',
    otherwise: 'AWS services cannot use the key for what it encrypts',
    statements: [
      ...(uses.logGroup ? [logsStatement(scope)] : []),
      ...(uses.deadLetterQueue ? [eventBridgeStatement(scope)] : []),
    ],
  });
}

/**
 * What CloudWatch Logs needs for log groups of this account and Region.
 *
 * The log group's own ARN would make the key depend on the log group, which depends on the key.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function logsStatement(scope: Construct): iam.PolicyStatement {
  const stack = Stack.of(scope);
  const logGroups = stack.formatArn({ service: 'logs', resource: 'log-group', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return new iam.PolicyStatement({
    // One of the few principals that carry the Region, and the partition's suffix: `amazonaws.com.cn` in China.
    principals: [new iam.ServicePrincipal(`logs.${stack.region}.${stack.urlSuffix}`)],
    actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
  });
}

/**
 * What EventBridge needs to send to an encrypted queue.
 *
 * The rule's ARN would make the key depend on the rule, which depends on the queue and so on the key.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html#eb-sqs-encrypted
 */
export function eventBridgeStatement(scope: Construct): iam.PolicyStatement {
  return new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('events.amazonaws.com')],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  });
}
