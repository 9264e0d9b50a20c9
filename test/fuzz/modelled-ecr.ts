import type { ECRClient } from '@aws-sdk/client-ecr';
import { placeOf, type Policy } from './contract';
import { Ecr, EcrError, type EcrRepository } from '../local-aws/ecr';
import type { EcrApiHooks } from '../local-aws/ecr-api';

/** What goes wrong, once. */
export interface Fault {
  /** The number of the call, from 0. */
  readonly call: number;
  /** Before the call is performed, or when its answer is on the way. */
  readonly when: 'before' | 'after';
  readonly errorName: string;
  readonly message: string;
}

/** Errors by which ECR says how things are, and nothing went wrong. */
const ANSWERS = ['RepositoryAlreadyExistsException', 'LifecyclePolicyNotFoundException', 'RepositoryPolicyNotFoundException'];

const HANDLER = 'arn:aws:sts::123456789012:assumed-role/handler/fuzzed';

/** ECR in memory: every input is checked as ECR checks it. */
export class ModelledEcr {
  readonly ecr: Ecr;
  /** The SDK's client of the handler. */
  readonly client: ECRClient;
  /** As {@link client}, for a handler that speaks over the network. */
  readonly hooks: EcrApiHooks;
  private thrown?: Error;
  private calls = 0;

  /** @param now what ECR's clock says, in milliseconds since the epoch */
  constructor(policy: Policy, private readonly fault?: Fault, private readonly now: () => number = Date.now) {
    this.ecr = new Ecr(placeOf(policy));
    this.client = { send: async (command: object) => this.send(command) } as unknown as ECRClient;
    this.hooks = {
      authorize: () => HANDLER,
      beforeCall: () => {
        const failing = this.nextFault();
        if (failing !== undefined) throw this.fail(failing, new EcrError(failing.errorName, failing.message));
      },
    };
  }

  /** The fault, if it was thrown since this was asked. */
  takeThrown(): Error | undefined {
    const { thrown } = this;
    this.thrown = undefined;
    return thrown;
  }

  /** Starts a new account of what the handler asks for. */
  forgetCalls(): void {
    this.ecr.calls.length = 0;
  }

  get handlerCalls(): string[] {
    return this.ecr.calls.filter(({ caller }) => caller === HANDLER).map(({ action }) => action);
  }

  /** What was asked for by an action. */
  inputsOf(action: string): Record<string, unknown>[] {
    return this.ecr.calls.filter(call => call.caller === HANDLER && call.action === action).map(({ input }) => input as Record<string, unknown>);
  }

  /** What ECR refused although it was not to go wrong. */
  get refusals(): string[] {
    const expected = [...ANSWERS, this.fault?.errorName];
    return this.ecr.calls.filter(({ caller, error }) => caller === HANDLER && error !== undefined && !expected.includes(error))
      .map(({ action, error }) => `${action}: ${error}`);
  }

  private async send(command: object): Promise<unknown> {
    const action = command.constructor.name.replace(/Command$/, '');
    // As it goes over the wire.
    const input: unknown = JSON.parse(JSON.stringify((command as { input: unknown }).input));
    const fault = this.nextFault();
    // The answer takes a while: other handlers would run meanwhile.
    await Promise.resolve();
    if (fault?.when === 'before') throw this.fail(fault);
    const output = this.ecr.call(action, input, HANDLER);
    if (fault !== undefined) throw this.fail(fault);
    return this.deserialize(output);
  }

  private nextFault(): Fault | undefined {
    return this.calls++ === this.fault?.call ? this.fault : undefined;
  }

  private fail({ errorName, message }: Fault, error: Error = Object.assign(new Error(message), { name: errorName })): Error {
    this.thrown = error;
    return error;
  }

  /** The SDK makes a time of a number. */
  private deserialize(output: unknown): unknown {
    const { repository } = output as { repository?: object };
    return repository === undefined ? output : { repository: { ...repository, createdAt: new Date(this.now()) } };
  }
}

/** What a repository is, without its time. */
export function describeRepository(repository: EcrRepository): object {
  const { name, createdBy, imageTagMutability, scanOnPush, tags, lifecyclePolicyText, repositoryPolicyText } = repository;
  return { name, createdBy, imageTagMutability, scanOnPush, tags, lifecyclePolicyText, repositoryPolicyText };
}
