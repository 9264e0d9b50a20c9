import * as fc from 'fast-check';
import type { FuzzCase } from './check-case';
import type { Policy } from './contract';
import { hostileCircumstances, hostileIdentity, plainIdentity } from './identities';
import { anyJson, hostileText, huge, sometimes, toJsonText } from './json-text';
import type { Fault } from './modelled-ecr';
import { hostileName, type NameFor, plainName } from './names';
import { policy } from './policies';
import { type JsonObject, mutate, type Mutation, mutation, pushEvent } from './push-events';
import { forgedRecord, message } from './queue-batches';
import { EXISTING, type Existing, type World } from './world';

const fault: fc.Arbitrary<Fault> = fc.record({
  call: fc.nat(4),
  when: fc.constantFrom('before', 'after'),
  errorName: fc.constantFrom(
    'AccessDeniedException', 'ServerException', 'ThrottlingException', 'LimitExceededException', 'KmsException', 'RepositoryNotFoundException', 'TimeoutError',
  ),
  message: fc.oneof(fc.constant('Rate exceeded'), hostileText.map(text => toJsonText(text)), fc.constant('x\n'.repeat(50_000))),
});
const world: fc.Arbitrary<World> = fc.record({
  existing: fc.oneof({ weight: 5, arbitrary: fc.constant<Existing>('nothing') }, { weight: 3, arbitrary: fc.constantFrom(...EXISTING) }),
  fault: sometimes(20, fault),
  isRetriedBySame: fc.boolean(),
});

/** An event for a policy, as it reaches the function's runtime. */
export type EventFor = (policy: Policy) => string;

function pushes(
  name: fc.Arbitrary<NameFor>, identity: fc.Arbitrary<unknown>, circumstances: fc.Arbitrary<JsonObject> = fc.constant({}),
): fc.Arbitrary<EventFor> {
  return fc.record({ name, identity, circumstances })
    .map(given => rules => toJsonText(pushEvent(rules, given.name(rules), given.identity, given.circumstances)));
}

export const hostileNames = pushes(hostileName, plainIdentity);
export const hostileIdentities = pushes(plainName, hostileIdentity, hostileCircumstances);
/** Nothing is hostile: what the policy and ECR make of it. */
export const plainPushes = pushes(plainName, plainIdentity);

const mutations = fc.array(mutation, { minLength: 1, maxLength: 3 });

/** Pushes with one to three changes anywhere. */
export const mutatedPushes: fc.Arbitrary<EventFor> = fc.record({ name: plainName, identity: plainIdentity, mutations })
  .map(given => rules => toJsonText(mutate(pushEvent(rules, given.name(rules), given.identity), given.mutations)));

const queued = fc.record({
  message,
  name: fc.oneof(plainName, plainName, hostileName),
  identity: plainIdentity,
  mutations: fc.oneof({ weight: 4, arbitrary: fc.constant<Mutation[]>([]) }, { weight: 1, arbitrary: mutations }),
}).map(given => (rules: Policy, messageId: string): unknown => ({
  messageId, ...given.message(mutate(pushEvent(rules, given.name(rules), given.identity), given.mutations)), eventSource: 'aws:sqs',
}));
const forged = forgedRecord.map(record => (): unknown => record);
const record = fc.oneof({ weight: 30, arbitrary: queued }, { weight: 1, arbitrary: forged });

/** Messages of the dead-letter queue, and what is none. */
export const batches: fc.Arbitrary<EventFor> = fc.array(record, { maxLength: 6 })
  .map(records => rules => toJsonText({ Records: records.map((recordFor, index) => recordFor(rules, `message-${index}`)) }));

/** Anything that the function can be given at all. */
export const anything: fc.Arbitrary<EventFor> = fc.oneof(
  fc.json(), fc.jsonValue().map(toJsonText), anyJson.map(toJsonText),
  fc.dictionary(fc.constantFrom('Records', 'source', 'detail', 'account', 'region', '__proto__', 'constructor'), anyJson).map(toJsonText),
  fc.constantFrom('x', '\u0001').map(character => toJsonText({ detail: huge(character, 100_000) })),
).map(text => () => text);

/** Some of each. */
export const mixed: fc.Arbitrary<EventFor> = fc.oneof(
  { weight: 1, arbitrary: anything }, { weight: 1, arbitrary: batches },
  { weight: 4, arbitrary: mutatedPushes }, { weight: 4, arbitrary: hostileNames }, { weight: 4, arbitrary: hostileIdentities },
);

/** Each event under any policy, with what was there before and what goes wrong. */
export function casesOf(event: fc.Arbitrary<EventFor>): fc.Arbitrary<FuzzCase> {
  return fc.record({ policy, event, world }).map(given => ({ policy: given.policy, text: given.event(given.policy), world: given.world }));
}
