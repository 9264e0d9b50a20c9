import { CfnResource } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The packs of cdk-nag that have most rules in common. */
const PACKS = ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'];

/** The rules that not all of them have. */
const PACKS_OF_RULE: Partial<Record<string, string[]>> = {
  LambdaConcurrency: ['HIPAA.Security', 'NIST.800.53.R5'],
  LambdaDLQ: ['HIPAA.Security', 'NIST.800.53.R5'],
};

/** What a compliance checker finds, and why it is so all the same. */
export interface AcknowledgedFinding {
  /** The names of rules of cdk-nag, such as `AwsSolutions-SQS3`; without a pack, such as `LambdaDLQ`, in each that has it. */
  readonly rules: string[];

  /** The exact findings of a rule that has several on one resource, such as `Resource::*`. */
  readonly findings?: string[];

  /** The resource can have no other findings of the rules: to list them all makes the template larger. */
  readonly isWholeRule?: boolean;

  /** The identifiers of checkov's checks. */
  readonly checks?: string[];

  readonly reason: string;
}

/**
 * Tells cdk-nag and checkov that findings on a resource of ours are known, so that only what users can mend is left for them.
 *
 * They read the template: neither is needed for that.
 *
 * @see https://github.com/cdklabs/cdk-nag
 * @see https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html
 */
export function acknowledge(construct: Construct, ...acknowledged: AcknowledgedFinding[]): void {
  const resource = construct.node.defaultChild;
  if (!CfnResource.isCfnResource(resource)) throw new Error(`${construct.node.path} must be made of a resource`);

  for (const { rules, findings, isWholeRule, checks = [], reason } of acknowledged) {
    const ids = rules.flatMap(rule => rule.includes('-') ? [rule] : (PACKS_OF_RULE[rule] ?? PACKS).map(pack => `${pack}-${rule}`));
    if (ids.length > 0) {
      append(resource, 'cdk_nag', 'rules_to_suppress', ids.map(id => ({ id, reason, ...(findings && !isWholeRule && { applies_to: findings }) })));
      // cdk-nag 3 reads what the CDK's Validations.acknowledge writes, which the CDK has had since 2.257 only.
      const exact = findings ? ids.flatMap(id => findings.map(finding => `${id}[${finding}]`)) : ids;
      construct.node.addMetadata('aws:cdk:acknowledged-rules', Object.fromEntries(exact.map(id => [id, reason])));
    }
    if (checks.length > 0) append(resource, 'checkov', 'skip', checks.map(id => ({ id, comment: reason })));
  }
}

function append(resource: CfnResource, section: string, list: string, entries: object[]): void {
  const present = resource.getMetadata(section)?.[list] ?? [];
  resource.addMetadata(section, { [list]: [...present, ...entries] });
}
