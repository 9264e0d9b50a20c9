import { agedProblems, undeliveredProblems } from './dead-letters';
import type { World } from './world';
import type { Template } from '../local-aws/cloud-assembly';
import type { JsonObject } from '../local-aws/json';
import type { QueueMessage } from '../local-aws/queue';

/** Why no event can get to the handler. */
export interface Obstacle {
  readonly name: string;
  readonly mutateTemplate?: (template: Template) => void;
  /** Lets the pushes fail, and their events not be delivered. */
  readonly obstruct: (world: World, push: () => Promise<void>) => Promise<void>;
  /** None if the events can be replayed although it stays. */
  readonly mend?: (world: World) => void;
  /** What is wrong with a dead letter. */
  readonly check: (message: QueueMessage, events: readonly JsonObject[]) => string[];
}

/** Its event holds the only process of the function. */
export const BLOCKER = 'backend/blocker';

export const OBSTACLES: readonly Obstacle[] = [
  {
    name: 'the function is deleted',
    obstruct: async ({ lambda }, push) => {
      await lambda.delete();
      await push();
    },
    mend: ({ lambda }) => lambda.recreate(),
    check: (message, events) => undeliveredProblems(message, events, 'RESOURCE_NOT_FOUND'),
  },
  {
    name: 'the permission to invoke is missing',
    mutateTemplate: ({ Resources: resources = {} }) => {
      for (const [id, { Type: type }] of Object.entries(resources)) if (type === 'AWS::Lambda::Permission') delete resources[id];
    },
    obstruct: async (_world, push) => push(),
    check: (message, events) => undeliveredProblems(message, events, 'NO_PERMISSIONS'),
  },
  {
    name: 'the permission to invoke is for another rule',
    obstruct: async (world, push) => {
      permitRule(world, `${ruleArn(world)}-2`);
      await push();
    },
    mend: world => permitRule(world, ruleArn(world)),
    check: (message, events) => undeliveredProblems(message, events, 'NO_PERMISSIONS'),
  },
  {
    name: 'no concurrency is left to the function',
    mutateTemplate: template => reserveConcurrency(template, 0),
    obstruct: async (_world, push) => push(),
    mend: ({ lambda }) => lambda.reserveConcurrency(1),
    check: agedProblems,
  },
  {
    name: 'the concurrency is taken past the maximum age',
    mutateTemplate: template => reserveConcurrency(template, 1),
    obstruct: takeConcurrency,
    check: agedProblems,
  },
];

function ruleArn({ aws }: World): string {
  return String(aws.deployment.resources('AWS::Events::Rule')[0].arn);
}

function permitRule({ aws: { deployment } }: World, arn: string): void {
  for (const permission of deployment.resources('AWS::Lambda::Permission')) deployment.update(permission, { ...permission.properties, SourceArn: arn });
}

function reserveConcurrency({ Resources: resources = {} }: Template, concurrency: number): void {
  for (const { Properties: properties, Type: type } of Object.values(resources)) {
    if (type === 'AWS::Lambda::Function') Object.assign(properties!, { ReservedConcurrentExecutions: concurrency });
  }
}

/** The call of an earlier event lasts until those of the pushes are too old. */
async function takeConcurrency(world: World, push: () => Promise<void>): Promise<void> {
  const [{ properties }] = world.aws.deployment.resources('AWS::Lambda::EventInvokeConfig');
  const arrival = signal();
  const release = signal();
  const strike = async (): Promise<void> => {
    arrival.give();
    await release.given;
  };
  world.injector.arm({ fault: { name: 'held', when: 'before', strike }, action: 'CreateRepository', repositoryName: BLOCKER, times: Number.POSITIVE_INFINITY });
  const blocker = world.deliver(world.failedPush(BLOCKER));
  await arrival.given;
  await push();
  world.pass(Number(properties.MaximumEventAgeInSeconds) * 1_000);
  release.give();
  await blocker;
}

function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give = (): void => undefined;
  const given = new Promise<void>(resolve => { give = resolve; });
  return { given, give: () => give() };
}
