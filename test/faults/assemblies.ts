import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { DEMO_PROPS, synthesizeApp } from '../local-aws/demo-app';

/** An app, synthesized twice. */
export interface Assemblies {
  readonly standard: string;
  /** One whose function times out soon, but later than the SDK gives up a call. */
  readonly impatient: string;
}

const IMPATIENT = Duration.seconds(8);

/** @param bundle What runs instead of the handler: a broken one shows whether its faults are found. */
export function synthesizeAssemblies(bundle?: string): Assemblies {
  const assemblies = { standard: synthesizeApp(DEMO_PROPS), impatient: synthesizeApp({ ...DEMO_PROPS, timeout: IMPATIENT }) };
  if (bundle !== undefined) for (const assembly of Object.values(assemblies)) replaceHandler(assembly, bundle);
  return assemblies;
}

export function removeAssemblies(assemblies: Assemblies): void {
  for (const assembly of Object.values(assemblies)) rmSync(assembly, { recursive: true });
}

function replaceHandler(assembly: string, bundle: string): void {
  const handlers = readdirSync(assembly).map(name => join(assembly, name, 'index.js')).filter(existsSync);
  if (handlers.length !== 1) throw new Error(`the assembly has ${handlers.length} handlers`);
  copyFileSync(bundle, handlers[0]);
}
