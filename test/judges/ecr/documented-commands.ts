import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from '../../local-aws/command';
import type { Verdict } from '../verdict';
import type { Moto } from './moto';

/** In milliseconds; a command takes one second. */
const TIME_LIMIT = 120_000;

/** What moto does not have: it must say just that, and the CLI must accept the command. */
const NOT_IMPLEMENTED: Readonly<Record<string, string>> = {
  'cloudtrail lookup-events': 'lookup_events',
  'ecr describe-repository-creation-templates': 'describe_repository_creation_templates',
  'iam simulate-principal-policy': 'simulate_principal_policy',
};

/** A command that a snippet ran. */
interface CliCall {
  readonly exitCode: number;
  readonly args: readonly string[];
  /** `service operation` */
  readonly command: string;
}

/** What the shell variables are that the documents speak of, and what each command must print. */
export interface DocumentedSetting {
  readonly variables: Readonly<Record<string, string>>;
  /** By `service operation`: whether what the snippet with it writes to standard output is right. */
  readonly expectations: Readonly<Partial<Record<string, (output: string, args: readonly string[]) => boolean>>>;
}

/** The `aws` commands of documents, as they have them, one after the other, with the variables that they set. */
export class DocumentedCommands {
  private readonly log: string;
  private readonly variablesFile: string;
  private readonly variables: Record<string, string>;
  private readonly seen = new Set<string>();

  constructor(
    private readonly verdict: Verdict, private readonly moto: Moto, private readonly directory: string, private readonly setting: DocumentedSetting,
  ) {
    this.variables = { ...setting.variables };
    this.log = join(directory, 'cli-calls');
    this.variablesFile = join(directory, 'variables');
    const programs = join(directory, 'programs');
    mkdirSync(programs);
    // It also tells of those whose failure the shell does not see. Version 1 of the CLI takes the endpoint of SQS from nowhere but the option.
    writeFileSync(join(programs, 'aws'), `#!/bin/sh
'${join(moto.programs, 'aws')}' --endpoint-url "$AWS_ENDPOINT_URL" "$@"
code=$?
{ printf '%s' "$code"; for argument in "$@"; do printf '\\037%s' "$argument"; done; printf '\\036'; } >>'${this.log}'
exit $code
`);
    chmodSync(join(programs, 'aws'), 0o755);
  }

  /** @returns the operations that moto does not have */
  async judge(documents: string): Promise<string[]> {
    for (const snippet of awsSnippets(documents)) await this.judgeSnippet(snippet);
    const unseen = [...Object.keys(this.setting.expectations), ...Object.keys(NOT_IMPLEMENTED)].filter(command => !this.seen.has(command));
    if (unseen.length > 0) this.verdict.disagree(`the documents have none of these commands any more: aws ${unseen.join(', aws ')}`);
    return Object.keys(NOT_IMPLEMENTED);
  }

  private async judgeSnippet(snippet: string): Promise<void> {
    const unimplemented = Object.entries(NOT_IMPLEMENTED).find(([command]) => snippet.includes(`aws ${command} `));
    let output = '';
    let stdout = '';
    let calls: CliCall[] = [];
    const run = async () => {
      ({ output, stdout, calls } = await this.runSnippet(snippet));
      if (calls.some(({ exitCode }) => exitCode !== 0)) throw new Error(output);
    };
    if (unimplemented !== undefined) {
      const reason = await this.moto.expectNotImplemented(unimplemented[1], run);
      this.verdict.check('documented commands', reason === undefined && calls.length === 1, () => `${snippet}: ${reason}`);
      for (const call of calls) await this.checkSyntax(call);
    } else {
      await run().catch(() => undefined);
      this.verdict.check('documented snippets', calls.length > 0, () => `nothing of it ran: ${snippet}\n${output}`);
      for (const { args, exitCode } of calls) this.verdict.check('documented commands', exitCode === 0, () => `aws ${args.join(' ')}: ${output}`);
    }
    for (const { args, command } of calls) {
      this.seen.add(command);
      const expectation = this.setting.expectations[command];
      if (expectation !== undefined) this.verdict.check('documented outputs', expectation(stdout, args), () => `aws ${args.join(' ')} prints ${output}`);
    }
  }

  /** The CLI itself checks the command against AWS's model of the service; what it makes of `--max-items` is for its own pages, and not in the model. */
  private async checkSyntax({ args: all }: CliCall): Promise<void> {
    const paged = all.indexOf('--max-items');
    const args = paged < 0 ? all : all.filter((_, index) => index !== paged && index !== paged + 1);
    const { exitCode, output } = await runCommand(join(this.moto.programs, 'aws'), ['--endpoint-url', this.moto.url, ...args, '--generate-cli-skeleton', 'output'], {
      env: this.moto.environment(), timeLimit: TIME_LIMIT,
    });
    this.verdict.check('documented commands', exitCode === 0, () => `aws ${args.join(' ')} is no valid command: ${output}`);
  }

  private async runSnippet(snippet: string): Promise<{ output: string; stdout: string; calls: CliCall[] }> {
    writeFileSync(this.log, '');
    const assigned = [...snippet.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
    const keep = assigned.map(name => `printf '%s' "$${name}" >'${this.variablesFile}.${name}'`);
    const environment = this.moto.environment();
    const { output, stdout } = await runCommand('bash', ['--norc', '-u', '-c', [snippet, ...keep].join('\n')], {
      cwd: this.directory,
      timeLimit: TIME_LIMIT,
      env: { ...environment, ...this.variables, PATH: `${join(this.directory, 'programs')}${delimiter}${environment.PATH ?? ''}`, AWS_PAGER: '' },
    });
    for (const name of assigned) this.variables[name] = readFileSync(`${this.variablesFile}.${name}`, 'utf8');
    const calls = readFileSync(this.log, 'utf8').split('\x1e').filter(record => record !== '').map(record => {
      const [exitCode, ...args] = record.split('\x1f');
      return { exitCode: Number(exitCode), args, command: args.slice(0, 2).join(' ') };
    });
    this.learnNames(snippet, output);
    return { output, stdout, calls };
  }

  /** "`FUNCTION`, `LOG_GROUP`, `QUEUE_URL` and `RULE` are the last column of the function, the log group, the queue and the rule." */
  private learnNames(snippet: string, output: string): void {
    if (!snippet.includes('list-stack-resources')) return;
    const types = { FUNCTION: 'AWS::Lambda::Function', LOG_GROUP: 'AWS::Logs::LogGroup', QUEUE_URL: 'AWS::SQS::Queue', RULE: 'AWS::Events::Rule' };
    const rows = output.split('\n').map(line => line.split('|').map(cell => cell.trim()).filter(cell => cell !== ''));
    for (const [variable, type] of Object.entries(types)) {
      const row = rows.find(([first]) => first === type);
      if (row !== undefined) this.variables[variable] = row[row.length - 1];
    }
  }
}

/** The blocks that call `aws`, of whatever language they say they are, without their indentation. */
function awsSnippets(documents: string): string[] {
  const blocks = [...documents.matchAll(/^( *)```\w[^\n]*\n([\s\S]*?)^\1```$/gm)];
  return blocks.map(([, indentation, text]) => text.replaceAll(new RegExp(`^${indentation}`, 'gm'), '').trim()).filter(text => /(^\s*|[($;|] ?)aws /m.test(text));
}
