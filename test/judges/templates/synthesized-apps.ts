/** A finding of a rule on a resource. */
export interface NagFinding {
  readonly rule: string;
  /** What exactly, where a rule has several findings on a resource. */
  readonly finding?: string;
  /** The path of the resource. */
  readonly path: string;
  /** Whether a suppression of ours covers it. */
  readonly isSuppressed: boolean;
}

/** What tells cdk-nag that a finding is known. */
export interface NagSuppression {
  readonly rule: string;
  /** @default - every finding of the rule */
  readonly finding?: string;
  /** The path of the resource. */
  readonly path: string;
  readonly reason: string;
}

/** What cdk-nag says of an app. */
export interface NagReport {
  /** How often a rule looked at a resource that it has an opinion on. */
  readonly evaluations: number;
  readonly findings: readonly NagFinding[];
  readonly suppressions: readonly NagSuppression[];
}

/** What is left by the process that synthesises the apps with a version of the CDK. */
export interface SynthesizedApp {
  readonly name: string;
  readonly description: string;
  readonly nag: NagReport;
  /** The paths of the constructs that are ours. */
  readonly constructs: readonly string[];
  /** The template files. */
  readonly templates: readonly string[];
  /** Where the CDK puts what it finds in them itself. */
  readonly validation: string;
}

export interface SynthesizedApps {
  /** The version of each package that was used. */
  readonly versions: Readonly<Record<string, string>>;
  readonly apps: readonly SynthesizedApp[];
  /** Of options of the construct. */
  readonly pairs: { readonly possible: number; readonly covered: number };
}

/** How a finding is written where one is meant exactly. */
export const ruleAndFinding = ({ finding, rule }: Pick<NagFinding, 'finding' | 'rule'>) => finding === undefined ? rule : `${rule}[${finding}]`;

/** Whether the suppression is what covers the finding. */
export function covers(suppression: NagSuppression, { finding, path, rule }: NagFinding): boolean {
  return suppression.path === path && suppression.rule === rule && (suppression.finding === undefined || suppression.finding === finding);
}
