import { installCfnLint } from './cfn-lint';
import { installCheckov } from './checkov';
import { installIntegRunner } from './integ-runner';
import { CDKS } from './versions';
import { npmPackages } from '../aside';

/** @returns the folder with a version of the CDK and its cdk-nag */
export const installCdk = async (name: keyof typeof CDKS) => npmPackages(`cdk-${name}`, CDKS[name]);

/** Installs all that this judge runs, each once, before two want the same at a time. */
export async function installTools(): Promise<void> {
  for (const install of [installCfnLint, installCheckov, installIntegRunner]) await install();
  for (const name of Object.keys(CDKS) as (keyof typeof CDKS)[]) await installCdk(name);
}
