import { join } from 'node:path';
import { npmPackages, pythonPackages } from '../aside';

/** Newest of each in November 2026. */
const PYTHON = ['moto[server]==5.2.5', 'awscli==1.46.3', 'boto3==1.44.8'];
const CDK = { 'aws-cdk': '2.1148.1' };

/** Folders of what this judge runs. */
export interface Programs {
  readonly python: string;
  /** The `node_modules` with the CDK's command. */
  readonly cdk: string;
}

export async function installPrograms(): Promise<Programs> {
  return { python: await pythonPackages('ecr-python', PYTHON), cdk: join(await npmPackages('ecr-cdk', CDK), 'node_modules') };
}
