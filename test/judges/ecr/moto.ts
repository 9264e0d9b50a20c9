import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import type { JsonObject } from '../../local-aws/json';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A call of the services whose authorization is recorded. */
export interface RecordedCall {
  readonly service: 'ecr' | 'logs';
  readonly action: string;
  readonly resource: string;
  readonly allowed: boolean;
}

/** What a service refused to do. */
export class ServiceError extends Error {
  constructor(readonly code: string, message: string) {
    super(message);
  }
}

/** moto's own account. */
export const ACCOUNT = '123456789012';
export const REGION = 'eu-central-1';
export const ENVIRONMENT = { account: ACCOUNT, region: REGION, partition: 'aws' };

/** Until there is a user: as long as policies are not enforced, any will do. */
const NOBODY: Credentials = { accessKeyId: 'nobody', secretAccessKey: 'nobody' };

/** moto's server on 127.0.0.1, and a client for it that is not of this project either: boto3. */
export class Moto {
  /** @param programs the folder of the Python environment's programs @param directory where it may write */
  static async start(programs: string, directory: string): Promise<Moto> {
    const calls = join(directory, 'calls');
    writeFileSync(calls, '');
    const home = join(directory, 'home');
    mkdirSync(home);
    const server = spawn(join(programs, 'python'), [join(__dirname, 'moto_server.py'), '-H', '127.0.0.1', '-p', '0'], {
      env: { ...plainEnvironment(home), MOTO_CALLS_FILE: calls }, stdio: ['ignore', 'ignore', 'pipe'],
    });
    const noise: string[] = [];
    const port = await listeningPort(server, noise);
    return new Moto(programs, home, calls, port, server, noise);
  }

  private readonly client: ChildProcess;
  private readonly waiting: ((answer: string) => void)[] = [];
  private admin = NOBODY;

  private constructor(
    readonly programs: string, private readonly home: string, private readonly calls: string, readonly port: number,
    private readonly server: ChildProcess, private readonly noise: readonly string[],
  ) {
    this.client = spawn(join(programs, 'python'), [join(__dirname, 'aws_calls.py')], { env: this.environment(), stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.client.stdout! }).on('line', line => this.waiting.shift()?.(line));
    // Those who wait for an answer get none any more; who asks later finds no pipe.
    this.client.on('exit', () => this.waiting.splice(0).forEach(answer => answer(ENDED)));
    this.client.stdin!.on('error', () => this.waiting.splice(0).forEach(answer => answer(ENDED)));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What a tool of AWS needs to talk to moto, and to nobody else. */
  environment(credentials = this.admin): NodeJS.ProcessEnv {
    return {
      ...plainEnvironment(this.home),
      AWS_ENDPOINT_URL: this.url,
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      ...(credentials.sessionToken !== undefined && { AWS_SESSION_TOKEN: credentials.sessionToken }),
    };
  }

  /** Calls a service, by the names of its API, as the administrator if not as somebody else. */
  async call(service: string, operation: string, parameters: JsonObject = {}, credentials = this.admin): Promise<JsonObject> {
    const answer = await new Promise<string>(resolve => {
      this.waiting.push(resolve);
      this.client.stdin!.write(`${JSON.stringify({ service, operation, parameters, credentials })}\n`);
    });
    const { result, error } = JSON.parse(answer) as { result?: JsonObject; error?: { code: string; message: string } };
    if (error !== undefined) throw new ServiceError(error.code, `${service} ${operation}: ${error.message}`);
    return result ?? {};
  }

  /** The code of the error that a call ends in; undefined if it succeeds. */
  async errorOf(service: string, operation: string, parameters?: JsonObject, credentials?: Credentials): Promise<string | undefined> {
    try {
      await this.call(service, operation, parameters, credentials);
      return undefined;
    } catch (error) {
      if (error instanceof ServiceError) return error.code;
      throw error;
    }
  }

  /** A session of a role; only before policies are enforced, when whoever asks gets one, as Lambda does. */
  async assume(roleArn: string): Promise<Credentials> {
    const { Credentials: session } = await this.call('sts', 'AssumeRole', { RoleArn: roleArn, RoleSessionName: 'judge' });
    const { AccessKeyId, SecretAccessKey, SessionToken } = session as Record<string, string>;
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  }

  /** From now on, signatures are checked and policies decide. The administrator may do everything. */
  async enforcePolicies(): Promise<void> {
    await this.call('iam', 'CreateUser', { UserName: 'administrator' });
    await this.call('iam', 'PutUserPolicy', { UserName: 'administrator', PolicyName: 'everything', PolicyDocument: document({ Action: '*', Resource: '*' }) });
    const { AccessKey: key } = await this.call('iam', 'CreateAccessKey', { UserName: 'administrator' });
    const { AccessKeyId, SecretAccessKey } = key as Record<string, string>;
    await this.setUncheckedCalls('0');
    this.admin = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
  }

  /** From now on, whoever calls may do everything. */
  async ignorePolicies(): Promise<void> {
    await this.setUncheckedCalls('inf');
  }

  private async setUncheckedCalls(count: string): Promise<void> {
    const response = await fetch(`${this.url}/moto-api/reset-auth`, { method: 'POST', body: Buffer.from(count) });
    if (!response.ok) throw new Error(`moto's enforcement of policies cannot be set: ${response.status}`);
  }

  /** The calls of ECR and of the logs so far, or since there were that many. */
  recorded(since = 0): RecordedCall[] {
    const lines = readFileSync(this.calls, 'utf8').split('\n').filter(line => line !== '');
    return lines.slice(since).map(line => JSON.parse(line) as RecordedCall);
  }

  /**
   * Does something that has to fail, and only because moto does not have an operation.
   *
   * @param operation its name in snake case
   * @returns why not, if it is not so
   */
  async expectNotImplemented(operation: string, act: () => Promise<unknown>): Promise<string | undefined> {
    const before = this.noise.length;
    let failure: unknown;
    try {
      await act();
    } catch (error) {
      failure = error;
    }
    if (failure === undefined) return `moto has learnt ${operation}: judge it`;
    // What the server says of it can arrive after its answer.
    const said = async () => this.noise.slice(before).some(line => /^NotImplementedError: .*implemented/.test(line) && line.includes(operation));
    return await becomes(said) ? undefined : String(failure);
  }

  async stop(): Promise<void> {
    this.client.stdin!.end();
    await Promise.all([this.client, this.server].map(async child => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise(resolve => child.once('exit', resolve));
      if (child === this.server) child.kill('SIGTERM');
      await ended;
    }));
  }
}

const ENDED = JSON.stringify({ error: { code: 'ClientEnded', message: 'the client has ended' } });

/** Nothing of who runs this: no profiles, no credentials; and whatever would go to AWS goes to a proxy that is not there. */
function plainEnvironment(home: string): NodeJS.ProcessEnv {
  const { PATH, LANG, TMPDIR } = process.env;
  return {
    PATH,
    LANG,
    TMPDIR,
    HOME: home,
    AWS_CONFIG_FILE: join(home, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'none'),
    AWS_EC2_METADATA_DISABLED: 'true',
    HTTP_PROXY: NOWHERE,
    HTTPS_PROXY: NOWHERE,
    NO_PROXY: '127.0.0.1,localhost',
  };
}

/** The server says on which port it listens, after all the noise it makes. */
async function listeningPort(server: ChildProcess, noise: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    // Read to the end of its days: a full pipe would stop it.
    createInterface({ input: server.stderr! }).on('line', line => {
      noise.push(line);
      const port = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    server.on('error', reject);
    server.on('exit', code => reject(new Error(`moto's server has ended with ${code}\n${noise.join('\n')}`)));
  });
}

const NOWHERE = 'http://127.0.0.1:9';

/** In milliseconds: for what is there at once. */
const PATIENCE = 10_000;

async function becomes(condition: () => Promise<boolean>): Promise<boolean> {
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; await setTimeout(20)) {
    if (await condition()) return true;
  }
  return condition();
}

/** A policy document of one statement that allows. */
export function document(...statements: JsonObject[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements.map(statement => ({ Effect: 'Allow', ...statement })) });
}
