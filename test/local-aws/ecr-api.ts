import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { BrokenAnswer, HttpAnswer } from './broken-answer';
import { Ecr, EcrError } from './ecr';
import { optionalList, optionalString, readTags, serializationError } from './ecr-parameters';
import { isObject, JsonObject } from './json';

const TARGET_PREFIX = 'AmazonEC2ContainerRegistry_V20150921.';
const CREDENTIAL = /\bCredential=(?<accessKeyId>[^/,\s]+)\/\d{8}\/(?<region>[^/]+)\/(?<service>[^/]+)\/aws4_request\b/;

/** What IAM is asked before a call is performed. */
export interface AuthorizationRequest {
  readonly accessKeyId: string;
  /** As in a policy, for example `ecr:CreateRepository`. */
  readonly action: string;
  readonly resourceArn: string;
  readonly requestTags: Record<string, string>;
  readonly resourceTags: Record<string, string>;
}

/** A call of which something can go wrong. */
export interface ApiCall {
  readonly accessKeyId: string;
  readonly action: string;
  readonly input: JsonObject;
  /** The trace that the caller says it is part of, as the SDK does in Lambda. */
  readonly traceId?: string;
}

/** Who may call ECR's API, and what goes wrong. */
export interface EcrApiHooks {
  /**
   * Decides on one permission: returns the caller's ARN, or throws an {@link EcrError} named AccessDeniedException.
   *
   * Creating a repository with tags asks twice, for `ecr:CreateRepository` and for `ecr:TagResource`, as AWS does.
   */
  readonly authorize?: (request: AuthorizationRequest) => string | Promise<string>;
  /** Runs before an authorized call: delay it, or throw an {@link EcrError} or a {@link BrokenAnswer} in its place. */
  readonly beforeCall?: (action: string, input: unknown, call: ApiCall) => void | Promise<void>;
  /** Runs when a call was performed or refused, before its answer: delay that, or throw in its place. */
  readonly afterCall?: (call: ApiCall) => void | Promise<void>;
}

/** ECR's API over HTTP: AWS's JSON 1.1 protocol, one POST a call. */
export class EcrApi {
  constructor(private readonly ecr: Ecr, private readonly hooks: EcrApiHooks) {}

  /** Answers one request. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer = answerWith({});
    try {
      const call = this.readCall(request.headers, await buffer(request));
      const caller = await this.admit(call);
      answer = this.perform(call, caller);
      await this.hooks.afterCall?.(call);
    } catch (error) {
      if (error instanceof BrokenAnswer) return error.send(response, answer);
      answer = refuseWith(error);
    }
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  }

  private perform({ action, input }: ApiCall, caller: string): HttpAnswer {
    try {
      return answerWith(this.ecr.call(action, input, caller));
    } catch (error) {
      return refuseWith(error);
    }
  }

  private readCall(headers: IncomingHttpHeaders, body: Buffer): ApiCall {
    const traceId = headers['x-amzn-trace-id'];
    return {
      action: readAction(headers),
      accessKeyId: this.readAccessKeyId(headers),
      input: parseInput(body),
      ...(traceId !== undefined && { traceId: String(traceId) }),
    };
  }

  /** @returns the caller's ARN */
  private async admit(call: ApiCall): Promise<string> {
    const { accessKeyId, action, input } = call;
    let caller = `arn:${this.ecr.env.partition}:iam::${this.ecr.env.account}:user/${accessKeyId}`;
    try {
      for (const permission of this.permissions(action, input)) {
        caller = await this.hooks.authorize?.({ accessKeyId, ...permission }) ?? caller;
      }
      await this.hooks.beforeCall?.(action, input, call);
    } catch (error) {
      this.ecr.calls.push({ action, input, caller, error: error instanceof Error ? error.name : String(error) });
      throw error;
    }
    return caller;
  }

  private readAccessKeyId(headers: IncomingHttpHeaders): string {
    if (headers.authorization === undefined) throw new EcrError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
    const credential = CREDENTIAL.exec(headers.authorization)?.groups;
    if (credential === undefined) {
      throw new EcrError('IncompleteSignatureException', 'Authorization header requires \'Credential\' parameter in the form of Signature Version 4');
    }
    if (credential.region !== this.ecr.env.region) {
      throw new EcrError('InvalidSignatureException', `Credential should be scoped to a valid region, not '${credential.region}'`);
    }
    if (credential.service !== 'ecr') {
      throw new EcrError('InvalidSignatureException', `Credential should be scoped to correct service: 'ecr', not '${credential.service}'`);
    }
    return credential.accessKeyId;
  }

  private permissions(action: string, input: JsonObject): Omit<AuthorizationRequest, 'accessKeyId'>[] {
    const requestTags = readTags(input);
    const permission = (name: string, resourceArn: string) =>
      ({ action: `ecr:${name}`, resourceArn, requestTags, resourceTags: action === 'CreateRepository' ? {} : this.tagsOf(resourceArn) });
    const actions = action === 'CreateRepository' && Object.keys(requestTags).length > 0 ? [action, 'TagResource'] : [action];
    return this.resourceArns(input).flatMap((resourceArn) => actions.map((name) => permission(name, resourceArn)));
  }

  private resourceArns(input: JsonObject): string[] {
    const resourceArn = optionalString(input, 'resourceArn');
    if (resourceArn !== undefined) return [resourceArn];
    const names = optionalList(input, 'repositoryNames') ?? [optionalString(input, 'repositoryName') ?? '*'];
    return names.map((name) => this.ecr.repositoryArn(String(name), optionalString(input, 'registryId')));
  }

  private tagsOf(resourceArn: string): Record<string, string> {
    return [...this.ecr.repositories.values()].find(({ arn }) => arn === resourceArn)?.tags ?? {};
  }
}

function answerWith(output: unknown, status = 200): HttpAnswer {
  const headers = { 'Content-Type': 'application/x-amz-json-1.1', 'x-amzn-RequestId': randomUUID() };
  return { status, headers, body: Buffer.from(JSON.stringify(output)) };
}

function refuseWith(error: unknown): HttpAnswer {
  // Anything but an EcrError is a bug in a hook or here: the caller sees it as the service's own failure.
  const { name, message, statusCode } = error instanceof EcrError ? error : new EcrError('ServerException', String(error), 500);
  return answerWith({ __type: name, message }, statusCode);
}

function readAction(headers: IncomingHttpHeaders): string {
  const target = String(headers['x-amz-target']);
  if (!target.startsWith(TARGET_PREFIX)) throw new EcrError('UnknownOperationException', `Unknown operation ${target}`);
  return target.slice(TARGET_PREFIX.length);
}

function parseInput(body: Buffer): JsonObject {
  let input: unknown;
  try {
    input = JSON.parse(body.toString('utf8'));
  } catch {
    throw serializationError('input', 'JSON document');
  }
  if (!isObject(input)) throw serializationError('input', 'structure');
  return input;
}
