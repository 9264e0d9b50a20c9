import { basename, join } from 'node:path';
import { describeApps, type Findings } from './findings';
import type { SynthesizedApp } from './synthesized-apps';
import { pathOf, type TemplateFile, type TemplateResource, writeTemplates } from './template-files';
import { CHECKOV } from './versions';
import { runCommand } from '../../local-aws/command';
import { pythonPackages } from '../aside';
import type { Verdict } from '../verdict';

/** Several minutes on a busy machine. */
const TIME_LIMIT = 10 * 60_000;

interface CheckResult {
  readonly check_id: string;
  readonly check_name: string;
  readonly file_path: string;
  /** `TYPE.LOGICAL_ID` */
  readonly resource: string;
}

interface Report {
  readonly results: Readonly<Record<'passed_checks' | 'failed_checks' | 'skipped_checks', readonly CheckResult[]>> & { readonly parsing_errors: readonly string[] };
}

export const installCheckov = async () => pythonPackages('checkov', [`checkov==${CHECKOV}`]);

/** Checks the templates as they are. */
export async function judgeByCheckov(verdict: Verdict, findings: Findings, folder: string, templates: readonly TemplateFile[]): Promise<void> {
  writeTemplates(folder, templates);
  const { failed_checks: failed, passed_checks: passed, skipped_checks: skipped } = await runCheckov(folder);
  verdict.count('checkov checks passed', passed.length);
  verdict.count('checkov checks skipped', skipped.length);
  const byName = new Map(templates.map(template => [template.name, template]));
  const checked = new Set([...failed, ...passed, ...skipped].map(({ file_path: path }) => basename(path)));
  for (const { name } of templates) verdict.check('templates checked by checkov', checked.has(name), () => `checkov says nothing of ${name}`);
  for (const { check_id: rule, check_name: message, file_path: file, resource } of failed) {
    const template = byName.get(basename(file));
    if (template === undefined) throw new Error(`checkov must speak of templates, got ${file}`);
    findings.add({ tool: 'checkov', app: template.app, rule, path: pathOf(template, logicalIdOf(resource)), message });
  }
}

/** Checks the templates as they would be if nothing were skipped: what is skipped must then fail. */
export async function judgeSkipsOfCheckov(verdict: Verdict, folder: string, templates: readonly TemplateFile[]): Promise<void> {
  writeTemplates(folder, templates, withoutSkips);
  const { failed_checks: failed, skipped_checks: skipped } = await runCheckov(folder);
  if (skipped.length > 0) throw new Error(`checkov must skip nothing, got ${JSON.stringify(skipped[0])}`);
  const failures = new Set(failed.map(({ check_id: check, file_path: file, resource }) => [basename(file), logicalIdOf(resource), check].join()));
  const needless = new Map<string, SynthesizedApp[]>();
  verdict.expect('checkov skips needed');
  for (const template of templates) {
    for (const [logicalId, resource] of Object.entries(template.resources)) {
      for (const { id } of skipsOf(resource)) {
        if (failures.has([template.name, logicalId, id].join())) {
          verdict.count('checkov skips needed');
        } else {
          const what = `${id} on ${pathOf(template, logicalId).replace(/^[^/]*\//, '')}`;
          needless.set(what, [...needless.get(what) ?? [], template.app]);
        }
      }
    }
  }
  for (const [what, apps] of needless) verdict.disagree(`checkov is told to skip what it does not find: ${what}, in ${describeApps(apps)}`);
}

const skipsOf = (resource: TemplateResource) => resource.Metadata?.checkov?.skip ?? [];

function withoutSkips(text: string): string {
  return JSON.stringify(JSON.parse(text, (key, value) => key === 'checkov' ? undefined : value), undefined, 1);
}

async function runCheckov(folder: string): Promise<Report['results']> {
  const { exitCode, output, stdout } = await runCommand(join(await installCheckov(), 'checkov'), [
    // It would ask its makers for descriptions otherwise.
    '--skip-download', '--directory', '.', '--framework', 'cloudformation', '--output', 'json',
  ], { cwd: folder, timeLimit: TIME_LIMIT });
  // 1 is for findings.
  if (exitCode > 1) throw new Error(`checkov failed with exit code ${exitCode}: ${output.slice(-2_000)}`);
  const { results } = JSON.parse(stdout) as Report;
  if (results.parsing_errors.length > 0) throw new Error(`checkov must read every template, got ${results.parsing_errors.join()}`);
  return results;
}

const logicalIdOf = (resource: string) => resource.split('.')[1];
