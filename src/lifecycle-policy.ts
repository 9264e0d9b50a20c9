import { Token } from 'aws-cdk-lib';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type { PolicyDocument } from './handler/configuration';
import type { RepositorySettings } from './repository-settings';
import { checkInteger, checkKnown, checkList } from './validation';

/** Throws on what ECR refuses in a lifecycle policy and the CDK's `ecr.Repository` lets through. */
export function checkLifecyclePolicy(prop: string, settings: RepositorySettings): void {
  const { lifecycleRules, lifecyclePolicyText } = settings;
  if (lifecycleRules !== undefined && lifecyclePolicyText !== undefined) {
    throw new Error(`${prop} must have lifecycleRules or lifecyclePolicyText, got both`);
  }
  if (lifecycleRules !== undefined) checkRules(`${prop}.lifecycleRules`, lifecycleRules);
  if (lifecyclePolicyText !== undefined) parseLifecyclePolicyText(`${prop}.lifecyclePolicyText`, lifecyclePolicyText);
}

/** The policy as an object; as text where a token hides its structure. */
export function parseLifecyclePolicyText(prop: string, text: string): PolicyDocument {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    if (Token.isUnresolved(text)) return text;
  }
  if (typeof policy !== 'object' || policy === null || !('rules' in policy) || !Array.isArray(policy.rules)) {
    throw new Error(`${prop} must be a JSON object with a list of rules, got ${text.length > 80 ? `${text.slice(0, 80)}…` : `'${text}'`}`);
  }
  return policy;
}

function checkRules(prop: string, rules: ecr.LifecycleRule[]): void {
  checkList(prop, rules);
  const priorities = new Map<number, number>();
  rules.forEach((rule, index) => {
    const path = `${prop}[${index}]`;
    checkList(`${path}.tagPrefixList`, rule.tagPrefixList);
    checkList(`${path}.tagPatternList`, rule.tagPatternList);
    checkKnown(`${path}.maxImageCount`, rule.maxImageCount);
    checkInteger(`${path}.maxImageCount`, rule.maxImageCount, 1);
    checkAge(`${path}.maxImageAge`, rule);
    checkPriority(path, rule, priorities, index);
  });
}

function checkAge(prop: string, { maxImageAge }: ecr.LifecycleRule): void {
  if (maxImageAge === undefined) return;
  if (maxImageAge.isUnresolved()) throw new Error(`${prop} must be known at synth, got a token`);
  const days = maxImageAge.toDays({ integral: false });
  if (!Number.isInteger(days) || days < 1) {
    throw new Error(`${prop} must be a whole number of days of at least 1, got ${maxImageAge.toHumanString()}`);
  }
}

function checkPriority(path: string, { rulePriority }: ecr.LifecycleRule, priorities: Map<number, number>, index: number): void {
  if (rulePriority === undefined) return;
  checkKnown(`${path}.rulePriority`, rulePriority);
  checkInteger(`${path}.rulePriority`, rulePriority, 1);
  const other = priorities.get(rulePriority);
  if (other !== undefined) {
    throw new Error(`${path}.rulePriority must be unique, got ${rulePriority}, which the rule at ${other} has too`);
  }
  priorities.set(rulePriority, index);
}
