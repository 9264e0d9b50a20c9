import { isNameOfEcr } from './name-grammar';
import type { CreationSettings, HandlerConfiguration } from '../../src/handler/configuration';
import type { Rejection } from '../../src/handler/decision';

/** The policy of a construct, as its handler gets it. */
export type Policy = HandlerConfiguration;

export type Reason = Rejection['reason'];

/** What the contract says of one event. */
export interface Judgement {
  /** Every rule that the event breaks: none, and a repository is created. */
  readonly violations: ReadonlySet<Reason>;
  readonly name?: string;
  /** Whom the policy judges. */
  readonly principal?: string;
  /** What an allowed repository gets. */
  readonly settings?: CreationSettings;
}

/** An event of which one of these holds is not one of our rule: a message with it is somebody else's. */
const FOREIGN: readonly Reason[] = ['NotAFailedPush', 'OtherAccount', 'OtherRegion', 'OtherRegistry', 'NotAllowedPrefix'];

export function isForeign({ violations }: Judgement): boolean {
  return FOREIGN.some(reason => violations.has(reason));
}

/** Judges an event by the contract alone, said again as plainly as can be. */
export function judge(event: unknown, policy: Policy): Judgement {
  const source = own(event, 'source');
  const detail = own(event, 'detail');
  const parameters = own(detail, 'requestParameters');
  const name = own(parameters, 'repositoryName');
  const eventName = own(detail, 'eventName');
  const isFailedPush = source === 'aws.ecr'
    && own(detail, 'errorCode') === 'RepositoryNotFoundException'
    && (eventName === 'InitiateLayerUpload' || eventName === 'PutImage')
    && typeof name === 'string';
  if (!isFailedPush) return { violations: new Set(['NotAFailedPush']) };

  const { account, region } = placeOf(policy);
  const principal = principalOf(own(detail, 'userIdentity'));
  const violations = new Set<Reason>();
  const rule = (reason: Reason, isKept: boolean) => { if (!isKept) violations.add(reason); };
  rule('OtherAccount', own(event, 'account') === account && own(detail, 'recipientAccountId') === account);
  rule('OtherRegion', own(event, 'region') === region);
  rule('OtherRegistry', !has(parameters, 'registryId') || own(parameters, 'registryId') === account);
  rule('InvalidName', isNameOfEcr(name));
  rule('NotAllowedPrefix', policy.allowedPrefixes === undefined || policy.allowedPrefixes.some(prefix => begins(name, prefix)));
  rule('DeniedPrefix', !(policy.deniedPrefixes ?? []).some(prefix => begins(name, prefix)));
  rule('NotAllowedPrincipal', policy.allowedPrincipals === undefined
    || principal !== undefined && policy.allowedPrincipals.some(pattern => fits(principal, pattern)));
  return { violations, name, principal, settings: settingsFor(name, policy) };
}

/** Where the policy's registry is: `arn:<partition>:ecr:<region>:<account>:repository/`. */
export function placeOf({ repositoryArnPrefix }: Policy): { partition: string; region: string; account: string } {
  const [, partition, , region, account] = repositoryArnPrefix.split(':');
  return { partition, region, account };
}

/** A role is judged for its sessions. */
function principalOf(identity: unknown): string | undefined {
  const arn = own(identity, 'type') === 'AssumedRole' ? own(own(own(identity, 'sessionContext'), 'sessionIssuer'), 'arn') : own(identity, 'arn');
  return typeof arn === 'string' ? arn : undefined;
}

/** Of the overrides that match, the one with the longest prefix. */
function settingsFor(name: string, { settings, overrides = [] }: Policy): CreationSettings {
  const matching = overrides.filter(({ prefix }) => begins(name, prefix)).sort((left, right) => right.prefix.length - left.prefix.length);
  return matching.length > 0 ? matching[0].settings : settings;
}

function begins(name: string, prefix: string): boolean {
  return name.slice(0, prefix.length) === prefix;
}

/** The parts between the stars follow each other, the first at the start and the last at the end. */
function fits(text: string, pattern: string): boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return text === pattern;
  const first = parts[0];
  const last = parts[parts.length - 1];
  if (!begins(text, first) || text.length < first.length + last.length || text.slice(text.length - last.length) !== last) return false;
  let rest = text.slice(first.length, text.length - last.length);
  for (const part of parts.slice(1, -1)) {
    const at = rest.indexOf(part);
    if (at < 0) return false;
    rest = rest.slice(at + part.length);
  }
  return true;
}

/** What an object itself has: never what every object inherits. */
export function own(value: unknown, key: string): unknown {
  return has(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

export function has(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}
