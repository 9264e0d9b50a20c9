import { IMAGE_KINDS, WAYS } from './client';
import { compareTables, type Row, tableIn, tableOf, withTable } from './readme-table';

const TITLES = new Map([['docker', 'Docker'], ['crane', 'crane']]);

function rowsOf(client: string, version: string, differing: Partial<Row> = {}): Row[] {
  const rows = WAYS.flatMap(way => IMAGE_KINDS.map(image => ({ client, version, way, image, created: true, pushed: true })));
  return [{ ...rows[0], ...differing }, ...rows.slice(1)];
}

const ROWS = [...rowsOf('crane', '0.22.1'), ...rowsOf('docker', '20.10.24'), ...rowsOf('docker', '28.5.2')];
const TABLE = tableOf(ROWS, TITLES);

describe('the table', () => {
  test('has a line for each client, with its versions', () => {
    expect(TABLE.split('\n')).toEqual([
      '| Client | Version | Events: layers | mounted | index | Template: layers | mounted | index |',
      '| --- | --- | :-: | :-: | :-: | :-: | :-: | :-: |',
      '| Docker | 20.10.24, 28.5.2 | ✓ | ✓ | ✓ | ✓ | ✓ | ✓ |',
      '| crane | 0.22.1 | ✓ | ✓ | ✓ | ✓ | ✓ | ✓ |',
    ]);
  });

  test.each(['created', 'pushed'])('says where one version was not %s', outcome => {
    const table = tableOf([...rowsOf('docker', '20.10.24'), ...rowsOf('docker', '28.5.2', { [outcome]: false })], TITLES);
    expect(table).toContain('| Docker | 20.10.24, 28.5.2 | ✗ | ✓ |');
  });

  test('says where one version was not tried', () => {
    expect(tableOf([...rowsOf('docker', '20.10.24'), ...rowsOf('docker', '28.5.2').slice(1)], TITLES)).toContain('28.5.2 | ✗ | ✓ |');
  });

  test('is put between the marks, and found there', () => {
    const readme = 'before\n\n<!-- clients:begin -->\n<!-- clients:end -->\n\nafter\n';
    const written = withTable(readme, TABLE);
    expect(tableIn(written)).toBe(TABLE);
    expect(withTable(written, TABLE)).toBe(written);
    expect(written).toMatch(/^before\n\n<!--[^]*-->\n\nafter\n$/);
  });

  test.each(['', '<!-- clients:begin -->', '<!-- clients:end -->', '<!-- clients:end --><!-- clients:begin -->'])('fails when the marks are %j', readme => {
    expect(() => tableIn(readme)).toThrow('the README must have <!-- clients:begin -->');
  });
});

describe('the comparison', () => {
  const other = (rows: Row[]) => tableOf(rows, TITLES);

  test('finds nothing between equal tables', () => {
    expect(compareTables(TABLE, TABLE)).toEqual({ lines: [], versions: [] });
  });

  test('tells other versions from other outcomes', () => {
    const run = other([...rowsOf('docker', '29.7.2'), ...rowsOf('crane', '0.22.1', { pushed: false })]);
    expect(compareTables(TABLE, run)).toEqual({
      lines: [expect.stringMatching(/^crane: the README has \| crane .* and this run \| crane \| 0.22.1 \| ✗ /)],
      versions: ['Docker: the README has version 20.10.24, 28.5.2, and this machine 29.7.2'],
    });
  });

  test('finds clients of the README that were not run, unless only some were to be', () => {
    const run = other(rowsOf('crane', '0.22.1'));
    expect(compareTables(TABLE, run).lines).toEqual([expect.stringMatching(/^Docker: .* and this run nothing$/)]);
    expect(compareTables(TABLE, run, true).lines).toEqual([]);
  });

  test('finds clients that the README does not have, and other columns', () => {
    expect(compareTables(other(rowsOf('crane', '0.22.1')), TABLE, true).lines).toEqual([expect.stringMatching(/^Docker: the README has nothing/)]);
    expect(compareTables(TABLE.replace('Template', 'ECR'), TABLE).lines).toHaveLength(1);
  });
});
