import { Annotations, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { readableJson } from './readable-json';

/**
 * Throws unless the key is a key, not an alias, and in the stack's Region.
 *
 * @param prop the prop that holds the key, for errors
 * @param service what needs the key's ARN beside IAM
 */
export function checkKey(scope: Construct, prop: string, key: kms.IKey, service: string): void {
  // An alias is an IKey too, whose "key ARN" names the alias.
  if ('aliasName' in key || /:alias\//.test(key.keyArn)) {
    throw new Error(`${prop} must be a key, got an alias (${key.node.path}); IAM and ${service} need the key's ARN: kms.Key.fromKeyArn or kms.Key.fromLookup`);
  }
  const { region } = Stack.of(scope);
  if (Token.compareStrings(key.env.region, region) === TokenComparison.DIFFERENT) {
    throw new Error(`${prop} must be in the stack's Region, ${region}, got a key in ${key.env.region}`);
  }
}

/** What a service must be allowed in a key's policy. */
export interface KeyUse {
  /** The prop that the key comes from, for the warning. */
  readonly prop: string;

  /** The warning's id, without this library's name. */
  readonly warning: string;

  /** What goes wrong without the statements. */
  readonly otherwise: string;

  readonly statements: iam.PolicyStatement[];
}

/** Adds the statements to the key's policy, or warns of them where the policy is not this app's. */
export function allowInKeyPolicy(scope: Construct, key: kms.IKey, use: KeyUse): void {
  const added = use.statements.map(statement => key.addToResourcePolicy(statement).statementAdded);
  if (added.every(Boolean)) return;
  const statements = use.statements.map(statement => statement.toStatementJson());
  warnOfStatements(scope, use.warning, `the policy of the key of ${use.prop}`, use.otherwise, statements);
}

/** Warns that a policy which this app cannot change needs the statements. */
export function warnOfStatements(scope: Construct, warning: string, policy: string, otherwise: string, statements: object[]): void {
  const [demonstrative, shown] = statements.length === 1 ? ['this statement', statements[0]] : ['these statements', statements];
  Annotations.of(scope).addWarningV2(`cdk-ecr-auto-create:${warning}`,
    `${policy} is not this app's: unless it has ${demonstrative}, ${otherwise}: ${readableJson(scope, shown)}`);
}
