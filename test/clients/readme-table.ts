import { IMAGE_KINDS, type ImageKind, type Way, WAYS } from './client';

/** One client with one way and one image. */
export interface Row {
  readonly client: string;
  readonly version: string;
  readonly way: Way;
  readonly image: ImageKind;
  readonly created: boolean;
  readonly pushed: boolean;
}

const BEGIN = '<!-- clients:begin -->';
const END = '<!-- clients:end -->';
const HEADINGS: Readonly<Record<Way, string>> = { events: 'Events', templates: 'Template' };
/** The columns before the outcomes: the client and its version. */
const VERSION_COLUMN = 1;

/** The rows as a table in Markdown, a line for each client with all its versions. @param titles how it names the clients */
export function tableOf(rows: readonly Row[], titles: ReadonlyMap<string, string>): string {
  const clients = [...titles.keys()].filter(client => rows.some(row => row.client === client));
  const columns = WAYS.flatMap(way => IMAGE_KINDS.map(image => ({ way, image })));
  const headings = columns.map(({ image, way }, index) => index % IMAGE_KINDS.length === 0 ? `${HEADINGS[way]}: ${image}` : image);
  return [
    ['Client', 'Version', ...headings],
    ['---', '---', ...columns.map(() => ':-:')],
    ...clients.map(client => {
      const own = rows.filter(row => row.client === client);
      const versions = [...new Set(own.map(({ version }) => version))];
      const cells = columns.map(({ image, way }) => cellOf(own.filter(row => row.way === way && row.image === image), versions));
      return [titles.get(client) ?? client, versions.join(', '), ...cells];
    }),
  ].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

/** Whether every version did it. */
function cellOf(rows: readonly Row[], versions: readonly string[]): string {
  const isComplete = versions.every(version => rows.some(row => row.version === version));
  return isComplete && rows.every(({ created, pushed }) => created && pushed) ? '✓' : '✗';
}

/** The table that a README has between the marks. */
export function tableIn(readme: string): string {
  const { from, to } = placeIn(readme);
  return readme.slice(from, to).trim();
}

/** The README with another table between the marks. */
export function withTable(readme: string, table: string): string {
  const { from, to } = placeIn(readme);
  return `${readme.slice(0, from)}\n\n${table}\n\n${readme.slice(to)}`;
}

function placeIn(readme: string): { from: number; to: number } {
  const from = readme.indexOf(BEGIN) + BEGIN.length;
  const to = readme.indexOf(END);
  if (from < BEGIN.length || to < from) throw new Error(`the README must have ${BEGIN} and ${END}`);
  return { from, to };
}

/** How a README's table differs from that of this run. */
export interface TableDifference {
  /** Lines that differ in more than the version. */
  readonly lines: readonly string[];
  /** Versions that differ: the machines' package sources go on. */
  readonly versions: readonly string[];
}

/** Compares two tables line by line. @param isPart whether the second may lack lines of the first */
export function compareTables(readme: string, run: string, isPart = false): TableDifference {
  const [before, after] = [linesOf(readme), linesOf(run)];
  const lines: string[] = [];
  const versions: string[] = [];
  for (const client of new Set([...after.keys(), ...(isPart ? [] : before.keys())])) {
    const [old, now] = [before.get(client), after.get(client)];
    if (old?.outcomes !== now?.outcomes) lines.push(`${client}: the README has ${old?.line ?? 'nothing'}, and this run ${now?.line ?? 'nothing'}`);
    else if (old?.version !== now?.version) versions.push(`${client}: the README has version ${old?.version}, and this machine ${now?.version}`);
  }
  return { lines, versions };
}

function linesOf(table: string): Map<string, { line: string; version: string; outcomes: string }> {
  return new Map(table.split('\n').map(line => {
    const cells = line.split('|').map(cell => cell.trim()).slice(1, -1);
    return [cells[0], { line, version: cells[VERSION_COLUMN], outcomes: cells.filter((_, index) => index !== VERSION_COLUMN).join('|') }];
  }));
}
