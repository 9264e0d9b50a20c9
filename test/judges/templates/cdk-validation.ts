import { readFileSync } from 'node:fs';
import type { Findings } from './findings';
import type { SynthesizedApps } from './synthesized-apps';
import type { Verdict } from '../verdict';

interface ValidationReport {
  readonly pluginReports: readonly {
    readonly violations: readonly {
      readonly ruleName: string;
      readonly description: string;
      readonly violatingConstructs: readonly { readonly constructPath: string }[];
    }[];
  }[];
}

/** Judges what a newer CDK itself found in the templates. */
export function judgeByCdk(verdict: Verdict, findings: Findings, { apps }: SynthesizedApps): void {
  for (const app of apps) {
    const { pluginReports } = JSON.parse(readFileSync(app.validation, 'utf8')) as ValidationReport;
    verdict.count('apps validated by the CDK');
    for (const { description: message, ruleName: rule, violatingConstructs } of pluginReports.flatMap(({ violations }) => violations)) {
      for (const { constructPath: path } of violatingConstructs) findings.add({ tool: 'CDK', app, rule, path, message });
    }
  }
}
