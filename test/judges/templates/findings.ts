import { type KnownFinding, KNOWN_FINDINGS } from './known-findings';
import type { SynthesizedApp } from './synthesized-apps';
import type { Verdict } from '../verdict';

/** Who finds something. */
export type Tool = 'cdk-nag 2' | 'cdk-nag 3' | 'cfn-lint' | 'checkov' | 'CDK';

/** What a tool says against a resource. */
export interface Finding {
  readonly tool: Tool;
  readonly app: SynthesizedApp;
  readonly rule: string;
  /** What exactly, where a rule has several findings on a resource. */
  readonly finding?: string;
  /** The path of the resource, from its stack on. */
  readonly path: string;
  readonly message?: string;
}

/** Whose rules are named like this. */
function toolsOf(rule: string): Tool[] {
  if (rule.startsWith('CKV')) return ['checkov'];
  if (rule.startsWith('F')) return ['CDK'];
  return /^[EWI]\d/.test(rule) ? ['cfn-lint'] : ['cdk-nag 2', 'cdk-nag 3'];
}

/** Says of findings whether they are known. */
export class Findings {
  private readonly missed: Map<KnownFinding, Set<string>>;
  private readonly unknown = new Map<string, SynthesizedApp[]>();

  constructor(private readonly verdict: Verdict, private readonly known = KNOWN_FINDINGS) {
    this.missed = new Map(known.map(each => [each, new Set(each.rules.flatMap(rule => toolsOf(rule).map(tool => `${tool}: ${rule}`)))]));
    verdict.expect('known findings on users\' resources', 'known findings on ours');
  }

  add({ app, finding, message = '', path, rule, tool }: Finding): void {
    const isOurs = app.constructs.some(construct => path.startsWith(`${construct}/`));
    const inStack = path.replace(/^[^/]*\//, '');
    const known = this.known.find(each =>
      each.rules.includes(rule) && isOurs === (each.isOurs ?? false) && each.path.test(inStack)
      && (each.finding?.test(finding ?? '') ?? finding === undefined) && (each.message?.test(message) ?? true));
    if (known) {
      this.verdict.count(isOurs ? 'known findings on ours' : 'known findings on users\' resources');
      this.missed.get(known)?.delete(`${tool}: ${rule}`);
      return;
    }
    const what = `${tool} finds ${rule}${finding === undefined ? '' : `[${finding}]`} on ${inStack}${message && `: ${message}`}`;
    this.unknown.set(what, [...this.unknown.get(what) ?? [], app]);
  }

  /** When all tools have said what they have to say. */
  finish(): void {
    for (const [what, apps] of this.unknown) this.verdict.disagree(`${what}, in ${describeApps(apps)}`);
    for (const [{ path, reason }, missed] of this.missed) {
      for (const rule of missed) this.verdict.disagree(`nobody finds any more what is known: ${rule} on ${path.source} (${reason})`);
    }
  }
}

/** The first of the apps, and how many more there are. */
export function describeApps(apps: readonly SynthesizedApp[]): string {
  const [{ description, name }] = apps;
  return `${name} (${description})${apps.length > 1 ? ` and ${apps.length - 1} more` : ''}`;
}
