import { join } from 'node:path';
import type { Findings } from './findings';
import { pathOf, type TemplateFile, writeTemplates } from './template-files';
import { CFN_LINT } from './versions';
import { runCommand } from '../../local-aws/command';
import { pythonPackages } from '../aside';
import type { Verdict } from '../verdict';

/** A Region of each partition, and that of the examples. */
const REGIONS = ['us-east-1', 'eu-central-1', 'cn-north-1', 'us-gov-west-1'];

/** Several minutes on a busy machine. */
const TIME_LIMIT = 10 * 60_000;

interface Match {
  readonly Filename: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path: readonly (string | number)[] | null };
}

export const installCfnLint = async () => pythonPackages('cfn-lint', [`cfn-lint==${CFN_LINT}`]);

/** Checks the templates against the schemas of CloudFormation, and much besides. */
export async function judgeByCfnLint(verdict: Verdict, findings: Findings, folder: string, templates: readonly TemplateFile[]): Promise<void> {
  writeTemplates(folder, templates);
  const { exitCode, output, stdout } = await runCommand(join(await installCfnLint(), 'cfn-lint'), [
    // Rules of every kind: informational ones are off by default.
    '--include-checks', 'I', 'W', 'E', '--regions', ...REGIONS, '--format', 'json', '--', ...templates.map(({ name }) => name),
  ], { cwd: folder, timeLimit: TIME_LIMIT });
  // Its exit code has a bit for each kind of finding, and a 1 for a fault of its own.
  if (exitCode % 2 !== 0) throw new Error(`cfn-lint failed with exit code ${exitCode}: ${output.slice(-2_000)}`);
  verdict.count('templates linted', templates.length);

  const byName = new Map(templates.map(template => [template.name, template]));
  for (const { Filename, Location, Message, Rule } of JSON.parse(stdout) as Match[]) {
    const template = byName.get(Filename);
    if (template === undefined) throw new Error(`cfn-lint must speak of templates, got ${Filename}`);
    const [section, logicalId] = Location.Path ?? [];
    const path = section === 'Resources' ? pathOf(template, String(logicalId)) : `${template.name}/${(Location.Path ?? []).join('/')}`;
    findings.add({ tool: 'cfn-lint', app: template.app, rule: Rule.Id, path, message: Message });
  }
}
