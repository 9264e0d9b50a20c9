import { Token } from 'aws-cdk-lib';
import { checkDuplicates } from './name-prefixes';
import { checkList } from './validation';

/** Throws unless each pattern can match the ARN of an IAM principal. */
export function checkPrincipals(patterns: readonly string[] | undefined): void {
  const prop = 'allowedPrincipals';
  if (patterns === undefined) return;
  checkList(prop, patterns);
  if (patterns.length === 0) {
    throw new Error(`${prop} must contain at least one ARN pattern, got []; leave it out for every principal`);
  }
  checkDuplicates(prop, patterns);
  patterns.forEach((pattern, index) => {
    if (Token.isUnresolved(pattern)) return;
    if (!/^(arn:|\*)\S*$/.test(pattern)) {
      throw new Error(`${prop}[${index}] must be the ARN of an IAM principal, in which * stands for any characters, got '${pattern}'`);
    }
    if (pattern.includes(':assumed-role/')) {
      throw new Error(`${prop}[${index}] must name the role of an assumed role (arn:aws:iam::<account>:role/<path and name>), got '${pattern}'`);
    }
  });
}
