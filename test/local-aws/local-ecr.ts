import { Ecr, EcrEnvironment } from './ecr';
import { objectOf, stringOf } from './json';

/** A call of ECR's API and how it ended. */
export interface EndedCall {
  readonly action: string;
  readonly input: unknown;
  readonly caller: string;
  readonly output?: unknown;
  readonly error?: Error;
}

export interface LocalEcrOptions {
  /** Throws where the caller may not encrypt a repository with the key. */
  readonly checkKey: (callerArn: string, kmsKey: string) => void;
  /** Told of every call that got past IAM. */
  readonly onCall: (call: EndedCall) => void;
}

/** ECR with KMS behind it and somebody who watches. */
export class LocalEcr extends Ecr {
  constructor(environment: EcrEnvironment, private readonly options: LocalEcrOptions) {
    super(environment);
  }

  override call(action: string, input: unknown, caller: string): unknown {
    try {
      this.checkKey(action, input, caller);
      const output = super.call(action, input, caller);
      this.options.onCall({ action, input, caller, output });
      return output;
    } catch (error) {
      this.options.onCall({ action, input, caller, error: error instanceof Error ? error : new Error(String(error)) });
      throw error;
    }
  }

  private checkKey(action: string, input: unknown, caller: string): void {
    const { encryptionConfiguration, repositoryName } = objectOf(input);
    const kmsKey = stringOf(objectOf(encryptionConfiguration).kmsKey);
    if (action !== 'CreateRepository' || kmsKey === undefined || this.repositories.has(String(repositoryName))) return;
    try {
      this.options.checkKey(caller, kmsKey);
    } catch (error) {
      this.calls.push({ action, input, caller, error: error instanceof Error ? error.name : String(error) });
      throw error;
    }
  }
}
