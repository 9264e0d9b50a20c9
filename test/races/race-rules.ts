import { BrokenRule } from './broken-rule';
import type { DeployedConstruct } from './deployed-constructs';
import type { Delivery } from './participants';
import { describe as describeRepository, OWNER_TAG, type SharedEcr } from './shared-ecr';

/** How a race ended. */
export interface RaceEnd {
  readonly ecr: SharedEcr;
  readonly constructs: readonly DeployedConstruct[];
  readonly deliveries: readonly Delivery[];
  /** The handlers' log. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** Creations of which the handler was never told. */
  readonly untold: number;
}

/** Throws unless a race ended well: every own repository whole, every event dealt with, every creation counted. */
export function judgeRace({ ecr, constructs, deliveries, log, untold }: RaceEnd): void {
  for (const [name, repository] of ecr.ecr.repositories) {
    const construct = constructs.find(({ policy }) => policy.owner === repository.tags[OWNER_TAG]);
    if (construct === undefined) continue;
    const { lifecyclePolicy, repositoryPolicy } = construct.policy.settings;
    const { lifecyclePolicyText, repositoryPolicyText } = repository;
    if (lifecyclePolicy !== undefined && lifecyclePolicyText === undefined || repositoryPolicy !== undefined && repositoryPolicyText === undefined) {
      throw new BrokenRule(`${name} is left half configured: ${describeRepository(repository)}`);
    }
  }
  const queued = deliveries.filter(({ isInQueue }) => isInQueue).length;
  if (queued > 0) throw new BrokenRule(`${queued} events are in the dead-letter queue, and need not be`);

  const { created, counted } = countCreations(ecr, log);
  if (counted > created || counted < created - untold) {
    throw new BrokenRule(`${created} repositories were created, ${untold} of them untold, and ${counted} are counted`);
  }
}

/** What handlers created, and what their metrics say. */
export function countCreations(ecr: SharedEcr, log: RaceEnd['log']): { created: number; counted: number } {
  return {
    created: ecr.creations.filter(({ party }) => party.owner !== undefined).length,
    counted: log.filter(({ RepositoriesCreated }) => RepositoriesCreated === 1).length,
  };
}
