import { describeApps, type Findings, type Tool } from './findings';
import { covers, ruleAndFinding, type SynthesizedApp, type SynthesizedApps } from './synthesized-apps';
import type { Verdict } from '../verdict';

/** Judges what cdk-nag said when the apps were synthesised. */
export function judgeByNag(verdict: Verdict, findings: Findings, { apps, versions }: SynthesizedApps): void {
  const tool = `cdk-nag ${versions['cdk-nag'].split('.')[0]}` as Tool;
  const needless = new Map<string, SynthesizedApp[]>();
  for (const app of apps) {
    const { evaluations, findings: found, suppressions } = app.nag;
    verdict.count(`rules of ${tool} on resources`, evaluations);
    const suppressed = found.filter(({ isSuppressed }) => isSuppressed);
    verdict.count(`findings of ${tool} suppressed`, suppressed.length);
    for (const finding of found) if (!finding.isSuppressed) findings.add({ tool, app, ...finding });

    // What is suppressed is found, too: a suppression of what nobody finds only makes the template larger.
    for (const suppression of suppressions) {
      if (suppressed.some(finding => covers(suppression, finding))) {
        verdict.count(`suppressions for ${tool} needed`);
      } else {
        const what = `${ruleAndFinding(suppression)} on ${suppression.path.replace(/^[^/]*\//, '')}`;
        needless.set(what, [...needless.get(what) ?? [], app]);
      }
    }
  }
  for (const [what, where] of needless) verdict.disagree(`${tool} is told to suppress what it does not find: ${what}, in ${describeApps(where)}`);
}
