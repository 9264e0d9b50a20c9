import type { StackArtifact } from './cloud-assembly';
import type { Environment } from './physical-resource';

/** @returns the named stack and those that it depends on, or all */
export function selectStacks(artifacts: readonly StackArtifact[], stackName?: string): StackArtifact[] {
  if (stackName === undefined) return [...artifacts];
  const selected = new Set<string>();
  const select = (name: string): void => {
    const artifact = artifacts.find(candidate => candidate.name === name);
    if (artifact === undefined) {
      throw new Error(`the cloud assembly has no stack ${name}, only: ${artifacts.map(candidate => candidate.name).join(', ')}`);
    }
    if (selected.has(name)) return;
    selected.add(name);
    artifact.dependencies.forEach(select);
  };
  select(stackName);
  return artifacts.filter(({ name }) => selected.has(name));
}

/** What was asked for, else what the stacks were synthesized for, else an example. */
export function environmentOf(artifacts: readonly StackArtifact[], wanted: Partial<Environment>): Environment {
  const region = wanted.region ?? artifacts.find(artifact => artifact.region !== undefined)?.region ?? 'eu-central-1';
  const account = wanted.account ?? artifacts.find(artifact => artifact.account !== undefined)?.account ?? '123456789012';
  return { account, region, partition: wanted.partition ?? partitionOf(region) };
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
