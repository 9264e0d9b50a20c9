import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type App, Aspects, CfnResource, type IAspect } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { IConstruct } from 'constructs';
import type { NagFinding, NagReport, NagSuppression } from './synthesized-apps';

/** The packs that the contract names, in both versions. */
const PACKS = ['AwsSolutionsChecks', 'NIST80053R5Checks', 'HIPAASecurityChecks', 'PCIDSS321Checks'] as const;

/** What both versions say of a rule and a resource. */
interface RuleOnResource {
  readonly ruleId: string;
  readonly resource: CfnResource;
  readonly findingId?: string;
}

/** What version 2 reports to. */
type NagLogger = Record<
  'onCompliance' | 'onNonCompliance' | 'onSuppressed' | 'onError' | 'onSuppressedError' | 'onNotApplicable', (data: RuleOnResource) => void
>;

interface PackOfVersion2 {
  new(props: { reports: boolean; additionalLoggers: NagLogger[] }): IAspect;
}

interface RuleParameters {
  readonly rule: (resource: CfnResource) => unknown;
}

/** Of version 3; the methods that are not public are looked at only, to see what is suppressed too. */
interface PackOfVersion3 {
  new(): {
    validateScope(scope: IConstruct): { violations: { ruleName: string; violatingResources: unknown[] }[] };
    applyRule(parameters: RuleParameters): void;
    isAcknowledged(resource: CfnResource, ruleId: string): boolean;
  };
}

type Packs<Pack> = Record<typeof PACKS[number], Pack>;

/** Synthesises the app with cdk-nag at work. @returns the cloud assembly, and what it says */
export type Nag = (app: App) => { readonly assembly: CloudAssembly; readonly report: NagReport };

/** The cdk-nag that is installed in the folder. */
export function loadNag(folder: string): { readonly version: string; readonly nag: Nag } {
  const load = createRequire(join(folder, 'package.json'));
  const { version } = load('cdk-nag/package.json') as { version: string };
  const packs: unknown = load('cdk-nag');
  return { version, nag: version.startsWith('2.') ? nag2(packs as Packs<PackOfVersion2>) : nag3(packs as Packs<PackOfVersion3>) };
}

/** Version 2 has aspects, which visit every resource at synth. */
function nag2(packs: Packs<PackOfVersion2>): Nag {
  return app => {
    const findings: NagFinding[] = [];
    let evaluations = 0;
    const record = (isSuppressed: boolean) => ({ findingId, resource, ruleId }: RuleOnResource) => {
      evaluations++;
      findings.push({ rule: ruleId, ...(findingId && { finding: findingId }), path: resource.node.path, isSuppressed });
    };
    const logger: NagLogger = {
      onCompliance: () => evaluations++,
      onNonCompliance: record(false),
      onError: record(false),
      onSuppressed: record(true),
      onSuppressedError: record(true),
      onNotApplicable: () => undefined,
    };
    for (const pack of PACKS) Aspects.of(app).add(new packs[pack]({ reports: false, additionalLoggers: [logger] }));
    const assembly = app.synth();
    return { assembly, report: { evaluations, findings, suppressions: suppressionsInTemplate(app) } };
  };
}

/** What version 2 reads: the metadata of the resources. */
function suppressionsInTemplate(app: App): NagSuppression[] {
  return app.node.findAll().filter(CfnResource.isCfnResource).flatMap(resource => {
    const rules: { id: string; reason: string; applies_to?: string[] }[] = resource.getMetadata('cdk_nag')?.rules_to_suppress ?? [];
    const { path } = resource.node;
    return rules.flatMap(({ applies_to: applied = [undefined], id, reason }) =>
      applied.map(finding => ({ rule: id, ...(finding && { finding }), path, reason })));
  });
}

/** Version 3 has plugins, which walk over what was synthesised. */
function nag3(packs: Packs<PackOfVersion3>): Nag {
  return app => {
    const assembly = app.synth();
    const findings: NagFinding[] = [];
    let evaluations = 0;
    for (const name of PACKS) {
      const pack = new packs[name]();
      const apply = pack.applyRule.bind(pack);
      pack.applyRule = parameters => apply({ ...parameters, rule: counted(parameters.rule, () => evaluations++) });
      const ask = pack.isAcknowledged.bind(pack);
      pack.isAcknowledged = (resource, ruleId) => {
        const isSuppressed = ask(resource, ruleId);
        findings.push({ ...splitRule(ruleId), path: resource.node.path, isSuppressed });
        return isSuppressed;
      };
      const before = findings.length;
      const { violations } = pack.validateScope(app);
      const reported = violations.flatMap(({ violatingResources }) => violatingResources).length;
      const seen = findings.slice(before).filter(({ isSuppressed }) => !isSuppressed).length;
      if (seen !== reported) throw new Error(`${name} must report every finding that is not suppressed, got ${reported} of ${seen}`);
    }
    return { assembly, report: { evaluations, findings, suppressions: suppressionsInTree(app) } };
  };
}

/** The rule, which says each time that it has an opinion on the resource. */
function counted(rule: RuleParameters['rule'], count: () => void): RuleParameters['rule'] {
  const wrapped: RuleParameters['rule'] = resource => {
    const result = rule(resource);
    if (result !== 'N/A') count();
    return result;
  };
  // The rule's name is its function's.
  return Object.defineProperty(wrapped, 'name', { value: rule.name });
}

/** What version 3 reads: the metadata of the construct tree. */
function suppressionsInTree(app: App): NagSuppression[] {
  return app.node.findAll().flatMap(construct => {
    const { path } = (construct.node.defaultChild ?? construct).node;
    return construct.node.metadata.filter(({ type }) => type === 'aws:cdk:acknowledged-rules').flatMap(({ data }) =>
      Object.entries(data as Record<string, string>).map(([rule, reason]) => ({ ...splitRule(rule), path, reason })));
  });
}

function splitRule(ruleId: string): { rule: string; finding?: string } {
  const [, rule, finding] = /^([^[]*)(?:\[(.*)\])?$/s.exec(ruleId) ?? [];
  return { rule, ...(finding && { finding }) };
}
