import { type App, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { JudgedApp } from './apps';
import { type Compatible, compatiblePairs, pairwiseRows } from './pairwise';
import { PARAMETERS, type Value } from './parameters';
import { EcrAutoCreate } from '../../../src';

const SIZES = PARAMETERS.map(({ length }) => length);

const compatible: Compatible = (one, other) => {
  const [first, second] = [one, other].map(({ parameter, value }) => PARAMETERS[parameter][value]);
  return !first.excludes?.includes(second.name) && !second.excludes?.includes(first.name);
};

/** The rows of the matrix: the values of all parameters. */
const ROWS = pairwiseRows(SIZES, compatible).map(row => row.map((value, parameter) => PARAMETERS[parameter][value]));

/** Each value beside the first values of all other parameters, and every two values together. */
export function matrixApps(): JudgedApp[] {
  const defaults = PARAMETERS.map(([first]) => first);
  const alone = PARAMETERS.flatMap((values, parameter) =>
    values.slice(1).map(value => appOf(`alone-${value.name}`, defaults.map((first, index) => index === parameter ? value : first))));
  return [appOf('alone-nothing', defaults), ...alone, ...ROWS.map((row, index) => appOf(`pairs-${String(index + 1).padStart(2, '0')}`, row))];
}

/** How many pairs of values there are, and how many of them are in some row. */
export function countPairs(): { readonly possible: number; readonly covered: number } {
  const pairs = ROWS.flatMap(row => row.flatMap(({ name }, index) => row.slice(index + 1).map(other => `${name}, ${other.name}`)));
  return { possible: compatiblePairs(SIZES, compatible).length, covered: new Set(pairs).size };
}

function appOf(name: string, row: readonly Value[]): JudgedApp {
  const chosen = row.filter((value, parameter) => value !== PARAMETERS[parameter][0]).map(value => value.name);
  return { name, description: chosen.join(', ') || 'no props', define: app => defineRow(app, row) };
}

function defineRow(app: App, row: readonly Value[]): void {
  const stack = new Stack(app, 'Matrix', { env: row.find(({ env }) => env)?.env });
  const given = new Construct(stack, 'Given');
  const construct = new EcrAutoCreate(stack, 'EcrAutoCreate', Object.assign({}, ...row.map(({ props }) => props?.(given))));
  for (const { use } of row) use?.(construct, given);
}
