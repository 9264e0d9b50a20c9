import { AccessControl } from './access-control';
import { BackgroundWork } from './background-work';
import { readCloudAssembly, Template } from './cloud-assembly';
import { deploy, Deployment } from './cloudformation';
import { apiCallEvent, assumedRoleIdentity, pushEvent, UserIdentity } from './cloudtrail';
import { CreationTemplates } from './creation-templates';
import { environmentOf, selectStacks } from './deployment-target';
import type { Ecr } from './ecr';
import type { EcrApiHooks } from './ecr-api';
import { EventBus } from './event-bus';
import { EventSourceMapping } from './event-source-mapping';
import type { JsonObject } from './json';
import { LambdaFunction } from './lambda';
import type { LostEvent } from './lambda-async';
import { EndedCall, LocalEcr } from './local-ecr';
import type { PushCall } from './oci-registry';
import { Queue } from './queue';
import { RegistryServer } from './registry-server';
import { unknownManagedPolicies } from './role-policies';
import { Timeline, TimelineEvent, TimelineListener } from './timeline';
import { TimelineReports } from './timeline-reports';

export interface LocalAwsOptions {
  /** @default - the account that the stacks were synthesized for, or 123456789012 */
  readonly account?: string;
  /** @default - the Region that the stacks were synthesized for, or eu-central-1 */
  readonly region?: string;
  /** @default - the Region's */
  readonly partition?: string;
  /** Deploys only this stack and those that it depends on. */
  readonly stackName?: string;
  /** The values of template parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Changes each template before it is deployed: to break a policy, for example. */
  readonly mutateTemplate?: (template: Template) => void;
  /** Runs before an authorized call of ECR's API: delay it, or throw an EcrError or a BrokenAnswer in its place. */
  readonly beforeCall?: EcrApiHooks['beforeCall'];
  /** Runs when a call of ECR's API was performed or refused, before its answer: delay that, or throw in its place. */
  readonly afterCall?: EcrApiHooks['afterCall'];
  /** The time in milliseconds, by which events grow too old and messages that were received become visible again. @default Date.now */
  readonly clock?: () => number;
  /** How many invocations of a function may run at a time where the template reserves none. @default 10 */
  readonly concurrency?: number;
  /** What Lambda's waits between attempts are multiplied by. @default 0 */
  readonly retryWaitFactor?: number;
  /** What runs the functions. @default - the Node.js that runs this */
  readonly nodeBinary?: string;
  /** Who pushes, by the user name of basic authentication. @default - a session of the role ci-push, named as the user */
  readonly identities?: Readonly<Partial<Record<string, UserIdentity>>>;
}

/**
 * A synthesized app, running: a registry to push to, and the rules, functions and queues that the app defines.
 *
 * Every failed push call goes through CloudTrail and the event bus to the functions; each call that these make of ECR's API is decided on by
 * the policies of their role. It listens on 127.0.0.1 only.
 */
export class LocalAws {
  /**
   * Deploys the stacks of a cloud assembly and starts the registry.
   *
   * @param assemblyDirectory The output directory of a synthesized app, `cdk.out`.
   */
  static async deploy(assemblyDirectory: string, options: LocalAwsOptions = {}): Promise<LocalAws> {
    const artifacts = selectStacks(readCloudAssembly(assemblyDirectory), options.stackName);
    artifacts.forEach(({ template }) => options.mutateTemplate?.(template));
    const aws = new LocalAws(deploy(artifacts, environmentOf(artifacts, options), options.parameters), options);
    aws.server = await RegistryServer.start({
      ecr: aws.ecr,
      authorize: call => aws.access.authorize(call),
      beforeCall: options.beforeCall,
      afterCall: options.afterCall,
      onPushCall: call => aws.recordPush(call),
      createOnPush: repositoryName => aws.templates.createOnPush(repositoryName),
    });
    return aws;
  }

  readonly ecr: Ecr;
  readonly bus: EventBus;
  readonly functions: readonly LambdaFunction[];
  readonly queues: readonly Queue[];
  readonly eventSourceMappings: readonly EventSourceMapping[];
  private readonly access: AccessControl;
  private readonly templates: CreationTemplates;
  private readonly work = new BackgroundWork();
  private readonly happened = new Timeline();
  private readonly reports = new TimelineReports(this.happened);
  private server?: RegistryServer;

  private constructor(readonly deployment: Deployment, private readonly options: LocalAwsOptions) {
    this.access = new AccessControl(deployment, this.reports.onDecision);
    this.ecr = new LocalEcr(deployment.environment, {
      checkKey: (callerArn, kmsKey) => this.access.checkKey(callerArn, kmsKey),
      onCall: call => this.recordCall(call),
    });
    this.templates = new CreationTemplates(deployment, { ecr: this.ecr, access: this.access, onCreation: this.reports.onCreation });
    const queues = deployment.resources('AWS::SQS::Queue').map(resource => new Queue(deployment, resource, options.clock));
    const functions = deployment.resources('AWS::Lambda::Function').map(resource => new LambdaFunction(deployment, resource, {
      ...options,
      ...this.reports.lambda(resource.logicalId),
      queues,
      environment: () => ({ AWS_ENDPOINT_URL_ECR: this.registry.url }),
    }));
    functions.forEach(({ session }) => this.access.register(session));
    this.queues = queues;
    this.functions = functions;
    this.eventSourceMappings = deployment.resources('AWS::Lambda::EventSourceMapping')
      .map(resource => new EventSourceMapping(deployment, resource, { functions, queues }));
    this.bus = new EventBus(deployment, { functions, queues, ...this.reports.events });
  }

  /** `127.0.0.1:PORT`, the registry of an image reference. */
  get registryHost(): string {
    return this.registry.host;
  }

  /** What happened so far. */
  get timeline(): readonly TimelineEvent[] {
    return this.happened.events;
  }

  /** The events that are nowhere any more: neither dealt with nor in a queue. */
  get lost(): readonly LostEvent[] {
    return [...this.bus.lost, ...this.functions.flatMap(({ lost }) => lost)];
  }

  /** The ARNs of managed policies of the functions' roles of which nothing is known: they allow nothing here. */
  get unknownManagedPolicies(): readonly string[] {
    return this.functions.flatMap(({ session }) => unknownManagedPolicies(this.deployment, session.roleArn));
  }

  /** Tells of everything that happens from now on. */
  onTimeline(listener: TimelineListener): void {
    this.happened.listen(listener);
  }

  /** Resolves when no event, retry or invocation is under way; an error that is the harness's own is thrown here. */
  async idle(): Promise<void> {
    await this.work.idle();
  }

  /** Ends the functions' processes and the registry. */
  async close(): Promise<void> {
    await Promise.all(this.functions.map(async lambda => lambda.close()));
    await this.server?.stop();
    this.server = undefined;
    await this.work.idle();
  }

  private get registry(): RegistryServer {
    if (this.server === undefined) throw new Error('the registry is not running');
    return this.server;
  }

  private recordPush(call: PushCall): void {
    this.reports.onPush(call);
    const { environment } = this.deployment;
    const { account, partition } = environment;
    const identity = this.options.identities?.[call.pusher]
      ?? assumedRoleIdentity(environment, `arn:${partition}:iam::${account}:role/ci-push`, call.pusher);
    this.publish(pushEvent(environment, call, identity));
  }

  private recordCall(call: EndedCall): void {
    this.reports.onCall(call);
    const session = this.access.sessionOf(call.caller);
    if (session !== undefined) this.publish(apiCallEvent(this.deployment.environment, call, session));
  }

  private publish(event: JsonObject | undefined): void {
    if (event === undefined) return;
    this.reports.onEvent(event);
    this.work.add(this.bus.put(event));
  }
}
