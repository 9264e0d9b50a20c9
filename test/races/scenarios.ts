import type { Actor } from './actor';
import { BrokenRule } from './broken-rule';
import type { DeployedConstruct } from './deployed-constructs';
import type { Race } from './exploration';
import { type Delivery, handlerActor, NAME, person } from './participants';
import { countCreations, judgeRace } from './race-rules';
import { describe, OWNER_TAG, SharedEcr } from './shared-ecr';
import type { HandlerUnderTest } from '../fuzz/handler-under-test';

/** Who takes part in a race for one name. */
export interface Scenario {
  /** Of the first construct. @default 1 */
  readonly handlers?: number;
  /** Of the second. @default 0 */
  readonly othersHandlers?: number;
  readonly people?: () => Actor[];
  /** What is there before. */
  readonly prepare?: (ecr: SharedEcr, construct: DeployedConstruct) => void;
  /** Whether that must be there, unchanged, in the end. */
  readonly isUntouchable?: boolean;
  /** How many calls go wrong. @default 0 */
  readonly faults?: number;
}

const THEIR_LIFECYCLE_POLICY = JSON.stringify({
  rules: [{ rulePriority: 1, description: 'theirs', selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 500 }, action: { type: 'expire' } }],
});
const THEIR_REPOSITORY_POLICY = JSON.stringify({ Statement: [{ Effect: 'Deny', Principal: '*', Action: 'ecr:DeleteRepository' }] });
const PERSON = { name: 'a person' };

export const putsPolicies = () => person(
  ['PutLifecyclePolicy', { lifecyclePolicyText: THEIR_LIFECYCLE_POLICY }], ['SetRepositoryPolicy', { policyText: THEIR_REPOSITORY_POLICY }],
);
export const creates = () => person(['CreateRepository', {}], ['PutLifecyclePolicy', { lifecyclePolicyText: THEIR_LIFECYCLE_POLICY }]);
export const deletes = () => person(['DeleteRepository', {}]);
export const deletesAndCreates = () => person(['DeleteRepository', {}], ['CreateRepository', {}]);

/** As a handler leaves it that dies after its first call. */
export function halfMade(ecr: SharedEcr, { policy: { settings } }: DeployedConstruct): void {
  ecr.call(PERSON, 'CreateRepository', { repositoryName: NAME, ...settings.repository });
}

export function untagged(ecr: SharedEcr): void {
  ecr.call(PERSON, 'CreateRepository', { repositoryName: NAME });
}

export function othersOwn(ecr: SharedEcr): void {
  ecr.call(PERSON, 'CreateRepository', { repositoryName: NAME, tags: [{ Key: OWNER_TAG, Value: 'Somebody/Else' }] });
}

/** Starts a race from its beginning. What handlers write goes to the log that is current. */
export function makeRace(
  { handlers = 1, othersHandlers = 0, people = () => [], prepare, isUntouchable = false }: Scenario,
  { handler, constructs, log }: { handler: HandlerUnderTest; constructs: readonly [DeployedConstruct, DeployedConstruct]; log: string[] },
): Race {
  const ecr = new SharedEcr();
  prepare?.(ecr, constructs[0]);
  const before = describe(ecr.ecr.repositories.get(NAME));
  const deliveries: Delivery[] = [];
  const handlersOf = (construct: DeployedConstruct, count: number, what: string) => Array.from({ length: count }, (_, index) => {
    const delivery = { attempts: 0, isInQueue: false };
    deliveries.push(delivery);
    return handlerActor(handler, construct, `${what} handler ${index}`, delivery);
  });
  const ours = [...handlersOf(constructs[0], handlers, 'one'), ...handlersOf(constructs[1], othersHandlers, 'other')];
  const lines = () => log.map(line => JSON.parse(line) as Record<string, unknown>);
  const untold = () => ours.reduce((sum, actor) => sum + actor.untold, 0);
  return {
    ecr,
    actors: [...ours, ...people()],
    ledger: () => [countCreations(ecr, lines()), untold()],
    judge: async () => {
      judgeRace({ ecr, constructs, deliveries, log: lines(), untold: untold() });
      if (isUntouchable && describe(ecr.ecr.repositories.get(NAME)) !== before) throw new BrokenRule(`${NAME} was to stay as it was`);
    },
  };
}
