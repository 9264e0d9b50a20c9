import { FaultInjector, nameOf } from './fault-injector';
import type { HandlerLine } from './log-check';
import { SomebodyElses } from './repositories';
import type { Template } from '../local-aws/cloud-assembly';
import { assumedRoleIdentity, pushEvent } from '../local-aws/cloudtrail';
import type { PolledBatch } from '../local-aws/event-source-mapping';
import type { JsonObject } from '../local-aws/json';
import type { LambdaFunction } from '../local-aws/lambda';
import { LocalAws } from '../local-aws/local-aws';
import type { Queue } from '../local-aws/queue';

/** How long an event takes, in milliseconds: long enough that the handler could take a repository that it created since for the answer to it. */
const LATENCY = 5_000;

/** A deployed app of its own, in which calls can be made to fail. */
export class World {
  static async open(assembly: string, mutateTemplate?: (template: Template) => void): Promise<World> {
    let ahead = 0;
    const injector: FaultInjector = new FaultInjector(() => aws.functions[0]);
    const aws = await LocalAws.deploy(assembly, { ...injector.hooks, mutateTemplate, clock: () => Date.now() + ahead });
    return new World(aws, injector, milliseconds => { ahead += milliseconds; });
  }

  /** A repository that nothing may change, whatever goes wrong beside it. */
  private readonly bystander: SomebodyElses;

  private constructor(readonly aws: LocalAws, readonly injector: FaultInjector, private readonly advance: (milliseconds: number) => void) {
    this.bystander = new SomebodyElses(aws.ecr, 'backend/bystander');
  }

  get lambda(): LambdaFunction {
    return this.aws.functions[0];
  }

  get queue(): Queue {
    return this.aws.queues[0];
  }

  /** The event of a push that has failed for want of its repository, as late as it may come. */
  failedPush(repositoryName: string): JsonObject {
    const { environment } = this.aws.deployment;
    const { account, partition } = environment;
    const identity = assumedRoleIdentity(environment, `arn:${partition}:iam::${account}:role/ci-push`, 'build');
    const event = pushEvent(environment, {
      eventName: 'InitiateLayerUpload',
      errorCode: 'RepositoryNotFoundException',
      errorMessage: `The repository with name '${repositoryName}' does not exist in the registry with id '${account}'`,
      requestParameters: { registryId: account, repositoryName },
      pusher: 'build',
      sourceIp: '127.0.0.1',
      userAgent: 'faults',
      time: new Date(Date.now() - LATENCY),
    }, identity);
    if (event === undefined) throw new Error('CloudTrail gives no event of a failed push');
    return event;
  }

  /** Lets the event through the rule, and waits until nothing more happens by itself. */
  async deliver(...events: JsonObject[]): Promise<void> {
    await Promise.all(events.map(async event => this.aws.bus.put(event)));
    await this.aws.idle();
  }

  /** Lets messages that were received be seen again, and events grow old. */
  pass(milliseconds: number): void {
    this.advance(milliseconds);
  }

  /** Polls the queue once, all of whose messages are then visible, as the enabled event source mapping does. */
  async redrive(): Promise<PolledBatch[]> {
    this.pass(this.queue.visibilityTimeout);
    const [mapping] = this.aws.eventSourceMappings;
    mapping.setEnabled(true);
    return mapping.poll();
  }

  /** What the handler wrote: a line of JSON for each event. */
  get lines(): HandlerLine[] {
    return this.lambda.logs.filter(({ stream }) => stream === 'stdout')
      .map(({ requestId, text }) => ({ requestId, ...JSON.parse(text) as Omit<HandlerLine, 'requestId'> }));
  }

  /** The calls so far on a repository, by their names. */
  callsOn(repositoryName: string): string[] {
    return this.aws.ecr.calls.filter(({ input }) => nameOf({ input: input as JsonObject }) === repositoryName).map(({ action }) => action);
  }

  /** What happened to repositories that are nobody's business. */
  strayEffects(repositoryNames: readonly string[]): string[] {
    const known = [...repositoryNames, this.bystander.name];
    const stray = [...this.aws.ecr.repositories.keys()].filter(name => !known.includes(name));
    return [...this.bystander.changes(), ...stray.map(name => `the repository ${name} was created`)];
  }

  async close(): Promise<void> {
    await this.aws.close();
  }
}
