import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ClientDefinition, IMAGE_KINDS, type Way, WAYS } from './client';
import { CLIENTS } from './definitions';
import { type ImageFiles, writeImages } from './images';
import { installClients } from './install';
import { loopOf } from './readme-loop';
import { compareTables, type Row, tableIn, tableOf, withTable } from './readme-table';
import { type Outcome, shortenPauses, tryPush } from './trial';
import { synthesizeWays } from './ways';
import { endChildren, Workplace } from './workplace';
import { runJudge, type Verdict } from '../judges/verdict';

const README = join(__dirname, '..', '..', 'README.md');

/** How many clients push at a time. */
const AT_A_TIME = 2;

const TITLES = new Map(CLIENTS.map(({ name, title }) => [name, title]));

const SEVERAL = 'pushes of layers with several failed calls';
const MANIFEST_FIRST = 'pushes that PutImage was refused to';

interface Setting {
  readonly directory: string;
  /** The root file system of the newest Debian, if a client comes from there. */
  readonly newest?: string;
  readonly files: ImageFiles;
  readonly loop: string;
  readonly assemblies: Readonly<Record<Way, string>>;
}

/** Tries everything with one client; what keeps it from being tried is a disagreement. */
async function judgeClient(definition: ClientDefinition, setting: Setting, verdict: Verdict): Promise<Row[]> {
  try {
    return await rowsOf(definition, setting, verdict);
  } catch (error) {
    verdict.disagree(`${definition.name} (${definition.origin}) could not be judged: ${error instanceof Error ? error.stack : String(error)}`);
    return [];
  }
}

async function rowsOf(definition: ClientDefinition, setting: Setting, verdict: Verdict): Promise<Row[]> {
  const directory = join(setting.directory, String(CLIENTS.indexOf(definition)));
  mkdirSync(directory);
  const workplace = new Workplace(directory, await definition.install?.(), definition.environment?.(directory));
  if (definition.origin === 'newest') workplace.enter(setting.newest ?? '', definition.programs.map(({ program }) => program));
  shortenPauses(workplace);
  const service = await definition.start?.(workplace);
  try {
    const version = versionIn(await workplace.require(['sh', '-c', definition.version]));
    if (definition.setUp !== undefined) await workplace.require(['sh', '-ec', definition.setUp], { ...setting.files });
    const rows: Row[] = [];
    for (const way of WAYS) {
      for (const image of IMAGE_KINDS) {
        const outcome = await tryPush({ ...setting, workplace, assembly: setting.assemblies[way] }, way, image, definition.recipes[image]);
        const row = { client: definition.name, version, way, image, created: outcome.created, pushed: outcome.pushed };
        rows.push(row);
        judgeRow(verdict, row, outcome);
      }
    }
    return rows;
  } finally {
    await service?.stop();
  }
}

function judgeRow(verdict: Verdict, { client, created, image, pushed, version, way }: Row, { failedCalls, problems, pushes }: Outcome): void {
  const about = `${client} ${version}, ${way}, ${image}`;
  verdict.check('rows', created && pushed, () => `${about}: ${problems.join('; ')}`);
  verdict.count('pushes', pushes);
  const calls = [...failedCalls].map(([name, count]) => `${count} ${name}`).join(', ');
  console.error(`${about}: ${created && pushed ? `pushed with push ${pushes}` : 'NOT as it should be'}${calls && `, refused ${calls}`}`);
  if (image === 'layers' && [...failedCalls.values()].some(count => count > pushes - 1)) verdict.count(SEVERAL);
  if (failedCalls.has('PutImage')) verdict.count(MANIFEST_FIRST);
}

function versionIn(output: string): string {
  const version = /\d+(?:\.\d+)+/.exec(output)?.[0];
  if (version === undefined) throw new Error(`this should be a version: ${output}`);
  return version;
}

/** Runs the jobs, some at a time, and gives what they gave in their order. */
async function runSome<T>(jobs: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  const waiting = [...jobs.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) results[next[0]] = await next[1]();
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return results;
}

function judgeReadme(verdict: Verdict, rows: readonly Row[], isPart: boolean): void {
  const { lines, versions } = compareTables(tableIn(readFileSync(README, 'utf8')), tableOf(rows, TITLES), isPart);
  for (const version of versions) console.error(`note: ${version}`);
  verdict.check('README tables', lines.length === 0, () => `the README's table is not that of this run, write it with --update-readme:\n${lines.join('\n')}`);
}

interface Options {
  readonly 'client'?: readonly string[];
  readonly 'json'?: boolean;
  readonly 'update-readme'?: boolean;
}

function selectClients({ client: names, 'update-readme': isUpdate }: Options): readonly ClientDefinition[] {
  if (names === undefined) return CLIENTS;
  if (isUpdate === true) throw new Error('--update-readme needs every client');
  const unknown = names.filter(name => !TITLES.has(name));
  if (unknown.length > 0) throw new Error(`there is no client ${unknown.join(', ')}, only: ${[...TITLES.keys()].join(', ')}`);
  return CLIENTS.filter(({ name }) => names.includes(name));
}

async function judge(verdict: Verdict, directory: string, options: Options): Promise<void> {
  verdict.expect('clients', 'versions', 'rows', 'pushes', 'README tables');
  const clients = selectClients(options);
  const isPart = clients.length < CLIENTS.length;
  if (!isPart) verdict.expect(SEVERAL, MANIFEST_FIRST);
  const newest = await installClients(clients);
  const assemblies = synthesizeWays();
  for (const assembly of Object.values(assemblies)) process.on('exit', () => rmSync(assembly, { recursive: true, force: true }));
  const setting = { directory, newest, assemblies, files: await writeImages(join(directory, 'images')), loop: loopOf(readFileSync(README, 'utf8')) };
  const rows = (await runSome(clients.map(client => async () => judgeClient(client, setting, verdict)))).flat();
  verdict.count('clients', new Set(rows.map(({ client }) => client)).size);
  verdict.count('versions', new Set(rows.map(({ client, version }) => `${client} ${version}`)).size);
  if (options.json === true) console.log(JSON.stringify(rows));
  const isComplete = rows.length === clients.length * WAYS.length * IMAGE_KINDS.length;
  if (options['update-readme'] === true && isComplete) writeFileSync(README, withTable(readFileSync(README, 'utf8'), tableOf(rows, TITLES)));
  judgeReadme(verdict, rows, isPart);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { 'client': { type: 'string', multiple: true }, 'json': { type: 'boolean' }, 'update-readme': { type: 'boolean' } },
  });
  const directory = mkdtempSync(join(tmpdir(), 'push-clients-'));
  process.on('exit', () => {
    // They would end with this process anyway, but could write until then.
    endChildren();
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  });
  // A signal would end the process without 'exit': daemons and folders would stay.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
  await runJudge('clients', verdict => judge(verdict, directory, values));
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
