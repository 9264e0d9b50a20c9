import type { Fault } from './fault';
import type { ApiCall } from '../local-aws/ecr-api';
import type { LambdaFunction } from '../local-aws/lambda';
import type { LocalAwsOptions } from '../local-aws/local-aws';

/** What goes wrong, and how often. */
export interface ArmedFault {
  readonly fault: Fault;
  readonly action: string;
  readonly repositoryName: string;
  readonly times: number;
  /** Only the request that it strikes first, with all its attempts. */
  readonly oneRequest?: boolean;
}

/** Makes calls of one action on one repository fail, so many times. */
export class FaultInjector {
  /** How often it has struck. */
  struck = 0;
  private armed?: ArmedFault;
  private victim?: string;

  /** @param lambda The function whose calls fail. */
  constructor(private readonly lambda: () => LambdaFunction) {}

  get hooks(): Pick<LocalAwsOptions, 'beforeCall' | 'afterCall'> {
    return {
      beforeCall: async (_action, _input, call) => this.pass(call, 'before'),
      afterCall: async call => this.pass(call, 'after'),
    };
  }

  arm(armed: ArmedFault): void {
    this.armed = armed;
    this.victim = undefined;
    this.struck = 0;
  }

  /** Removes the fault. */
  disarm(): void {
    this.armed = undefined;
  }

  private async pass(call: ApiCall, when: Fault['when']): Promise<void> {
    if (this.armed === undefined || !isMeant(this.armed, call, when) || this.struck >= this.armed.times) return;
    this.victim ??= call.traceId;
    if (this.armed.oneRequest === true && call.traceId !== this.victim) return;
    this.struck += 1;
    await this.armed.fault.strike(call, this.lambda());
  }
}

function isMeant({ action, fault, repositoryName }: ArmedFault, call: ApiCall, when: Fault['when']): boolean {
  return call.action === action && fault.when === when && nameOf(call) === repositoryName;
}

/** The repository that a call is about. */
export function nameOf({ input }: Pick<ApiCall, 'input'>): string | undefined {
  const { repositoryName, resourceArn } = input;
  if (typeof repositoryName === 'string') return repositoryName;
  return typeof resourceArn === 'string' ? resourceArn.split(':repository/')[1] : undefined;
}
