import type { Oracle } from './disagreement';
import type { PropertyName } from './properties';
import type { SourceChange } from '../mutations/source-change';

/** A fault that somebody could make, who must notice, and by which cases. */
export interface Mutation extends SourceChange {
  readonly fault: string;
  readonly property: PropertyName;
  readonly oracles: readonly Oracle[];
}

const without = (file: string, find: string) => ({ file, find, replace: '' });

export const MUTATIONS: readonly Mutation[] = [
  // Names.
  { fault: 'a name is searched, not matched', property: 'hostile names', oracles: ['policy', 'throws'], file: 'repository-name.ts', find: '^${COMPONENT}(?:/${COMPONENT})*$', replace: '${COMPONENT}(?:/${COMPONENT})*' },
  { fault: 'a name may go on after a line end', property: 'hostile names', oracles: ['policy', 'throws'], file: 'repository-name.ts', find: 'new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`)', replace: 'new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`, "m")' },
  { fault: 'capitals are taken for letters', property: 'hostile names', oracles: ['policy', 'throws'], file: 'repository-name.ts', find: 'new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`)', replace: 'new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`, "i")' },
  { fault: 'three underscores join', property: 'hostile names', oracles: ['policy', 'throws'], file: 'repository-name.ts', find: '_|__|-+)[a-z0-9]+)*\'', replace: '_+|-+)[a-z0-9]+)*\'' },
  { fault: 'names of 257 characters', property: 'hostile names', oracles: ['policy', 'throws'], file: 'repository-name.ts', find: 'MAX_NAME_LENGTH = 256', replace: 'MAX_NAME_LENGTH = 257' },
  { fault: 'names of 255 characters at most', property: 'hostile names', oracles: ['policy'], file: 'repository-name.ts', find: 'MAX_NAME_LENGTH = 256', replace: 'MAX_NAME_LENGTH = 255' },
  { fault: 'names of one character', property: 'hostile names', oracles: ['policy', 'throws'], file: 'repository-name.ts', find: 'MIN_LENGTH = 2', replace: 'MIN_LENGTH = 1' },
  // The policy.
  { fault: 'every prefix', property: 'policies', oracles: ['policy'], file: 'decision.ts', find: 'every(prefix => !repositoryName.startsWith(prefix))', replace: 'every(prefix => false)' },
  { fault: 'a prefix anywhere', property: 'policies', oracles: ['policy'], file: 'decision.ts', find: 'every(prefix => !repositoryName.startsWith(prefix))', replace: 'every(prefix => !repositoryName.includes(prefix))' },
  { fault: 'no denied prefix', property: 'policies', oracles: ['policy'], file: 'decision.ts', find: 'if (denied !== undefined)', replace: 'if (false)' },
  { fault: 'every principal', property: 'policies', oracles: ['policy'], file: 'decision.ts', find: 'principalArn === undefined || !matchesArn(pattern, principalArn)', replace: 'false' },
  { fault: 'an ARN need only begin as allowed', property: 'hostile identities', oracles: ['policy'], file: 'arn-pattern.ts', find: 'return position === pattern.length;', replace: 'return true;' },
  { fault: 'a session is judged for its role', property: 'hostile identities', oracles: ['policy', 'tags'], file: 'push-event.ts', find: 'identity.type === \'AssumedRole\' ? object(object(identity.sessionContext).sessionIssuer).arn : identity.arn', replace: 'identity.arn' },
  { fault: 'the first override', property: 'policies', oracles: ['completeness', 'tags'], file: 'decision.ts', find: 'override.prefix.length > (longest?.prefix.length ?? -1)', replace: 'longest === undefined' },
  { fault: 'another account', property: 'mutated pushes', oracles: ['policy'], ...without('decision.ts', 'attempt.account !== account || ') },
  { fault: 'another recipient', property: 'mutated pushes', oracles: ['policy'], ...without('decision.ts', ' || attempt.recipientAccountId !== account') },
  { fault: 'another Region', property: 'mutated pushes', oracles: ['policy'], file: 'decision.ts', find: 'attempt.region !== region', replace: 'false' },
  { fault: 'another registry', property: 'mutated pushes', oracles: ['policy'], file: 'decision.ts', find: '\'id\' in attempt.registry && ', replace: 'false && ' },
  { fault: 'an account as a number', property: 'mutated pushes', oracles: ['policy'], file: 'decision.ts', find: 'attempt.account !== account', replace: 'String(attempt.account) !== account' },
  { fault: 'a registry of null', property: 'mutated pushes', oracles: ['policy'], file: 'push-event.ts', find: '\'registryId\' in parameters', replace: 'parameters.registryId' },
  { fault: 'every error', property: 'mutated pushes', oracles: ['policy'], ...without('push-event.ts', 'detail.errorCode !== PUSH_ERROR_CODE ||') },
  { fault: 'every source', property: 'mutated pushes', oracles: ['policy'], ...without('push-event.ts', 'envelope.source !== PUSH_EVENT_SOURCE ||') },
  { fault: 'every call', property: 'mutated pushes', oracles: ['policy'], ...without('push-event.ts', '!FAILED_PUSH_EVENTS.includes(detail.eventName) ||') },
  { fault: 'what is no object', property: 'any JSON', oracles: ['throws', 'log'], file: 'push-event.ts', find: 'typeof value === \'object\' && value !== null ? value as Json : {}', replace: 'value as Json' },
  // Tags.
  { fault: 'a tag of any ASCII', property: 'hostile identities', oracles: ['tags', 'throws'], file: 'creator-tag.ts', find: '[^\\p{L}\\p{Z}', replace: '[^\\p{ASCII}\\p{L}\\p{Z}' },
  { fault: 'a tag of any length', property: 'hostile identities', oracles: ['tags', 'throws'], ...without('creator-tag.ts', '.slice(0, MAX_VALUE_LENGTH)') },
  { fault: 'half a character in a tag', property: 'hostile identities', oracles: ['tags', 'throws'], file: 'creator-tag.ts', find: '.slice(0, MAX_VALUE_LENGTH).replace(REFUSED_CHARACTERS, \'\')', replace: '.slice(0, MAX_VALUE_LENGTH)' },
  { fault: 'a tag that AWS keeps for itself', property: 'hostile identities', oracles: ['tags', 'throws'], ...without('creator-tag.ts', '.replace(RESERVED_BEGINNING, \'\')') },
  { fault: 'no creator', property: 'policies', oracles: ['tags'], file: 'creator-tag.ts', find: 'key === undefined ||', replace: 'true ||' },
  // The log.
  { fault: 'the name as a line of text', property: 'hostile names', oracles: ['log'], file: 'outcome.ts', find: 'const now = Date.now();', replace: 'const now = Date.now(); if (attempt) process.stdout.write(`push to ${attempt.repositoryName}\\n`);' },
  { fault: 'control characters as they are', property: 'hostile names', oracles: ['log'], file: 'outcome.ts', find: 'const CONTROLS = /', replace: 'const CONTROLS = /(?!)' },
  { fault: 'something on stderr', property: 'policies', oracles: ['log'], file: 'outcome.ts', find: 'const now = Date.now();', replace: 'const now = Date.now(); process.stderr.write("now\\n");' },
  { fault: 'a name as a field', property: 'hostile names', oracles: ['log'], file: 'outcome.ts', find: 'repositoryName: cut(attempt?.repositoryName),', replace: '[attempt?.repositoryName ?? "message"]: "pushed",' },
  { fault: 'a name of any length', property: 'hostile names', oracles: ['log', 'size'], file: 'outcome.ts', find: 'repositoryName: cut(attempt?.repositoryName),', replace: 'repositoryName: attempt?.repositoryName,' },
  { fault: 'an address of any length', property: 'hostile identities', oracles: ['log', 'size'], file: 'outcome.ts', find: 'cut(attempt?.sourceIpAddress)', replace: 'attempt?.sourceIpAddress' },
  { fault: 'an error of any length', property: 'policies', oracles: ['size'], file: 'outcome.ts', find: 'errorName: error.name, errorMessage: cut(error.message)', replace: 'errorName: error.name, errorMessage: error.message' },
  { fault: 'a time before the push', property: 'hostile identities', oracles: ['log'], file: 'outcome.ts', find: 'Math.max(0, now - attempt.time)', replace: 'now - attempt.time' },
  { fault: 'a time that is none', property: 'hostile identities', oracles: ['log', 'metrics'], file: 'push-event.ts', find: 'Number.isNaN(time) ? undefined : time', replace: 'time' },
  { fault: 'what is no text', property: 'hostile identities', oracles: ['throws', 'log'], file: 'push-event.ts', find: 'return typeof value === \'string\' ? value : undefined;', replace: 'return value as string;' },
  { fault: 'two lines', property: 'policies', oracles: ['log'], file: 'outcome.ts', find: '  writeLine(line);', replace: '  writeLine(line); writeLine(line);' },
  { fault: 'no line', property: 'policies', oracles: ['log'], file: 'outcome.ts', find: '  writeLine(line);', replace: '  if (outcome.outcome !== "exists") writeLine(line);' },
  { fault: 'a metric that is not announced', property: 'policies', oracles: ['metrics'], file: 'outcome.ts', find: 'Metrics: names.map(', replace: 'Metrics: names.slice(1).map(' },
  { fault: 'a time to create of a replayed event', property: 'queue batches', oracles: ['metrics'], file: 'outcome.ts', find: 'redriven ? undefined : elapsed', replace: 'elapsed' },
  // ECR.
  { fault: 'a policy is left out', property: 'policies', oracles: ['completeness'], file: 'ecr-repository.ts', find: 'for (const policy of policiesOf(client, repositoryName, settings)) await policy.put();', replace: 'await policiesOf(client, repositoryName, settings)[0]?.put();' },
  { fault: 'what is there is overwritten', property: 'policies', oracles: ['completeness'], ...without('ecr-repository.ts', 'if (await policy.exists()) continue;') },
  { fault: 'others\' repositories are completed', property: 'policies', oracles: ['others'], ...without('ecr-repository.ts', 'if (!tags?.some(tag => tag.Key === OWNER_TAG_KEY && tag.Value === owner)) return [];') },
  { fault: 'nothing is completed', property: 'policies', oracles: ['completeness'], file: 'ecr-repository.ts', find: 'if (policies.length === 0) return [];', replace: 'return [];' },
  { fault: 'what exists is an error', property: 'policies', oracles: ['throws'], ...without('ecr-repository.ts', 'if (isException(error, \'RepositoryAlreadyExistsException\')) return undefined;') },
  { fault: 'errors are swallowed', property: 'policies', oracles: ['throws'], ...without('handle-push-event.ts', '    throw error;\n') },
  { fault: 'a failed look is taken for absence', property: 'policies', oracles: ['throws'], file: 'ecr-repository.ts', find: 'if (isException(error, notFound)) return false;', replace: 'return false;' },
  // The memory of a process.
  { fault: 'seconds are taken for exact', property: 'warm processes', oracles: ['completeness'], file: 'recent-creations.ts', find: 'EVENT_TIME_RESOLUTION = 1_000', replace: 'EVENT_TIME_RESOLUTION = 0' },
  { fault: 'what was created is there for ever', property: 'warm processes', oracles: ['completeness'], ...without('recent-creations.ts', ' && pushTime + EVENT_TIME_RESOLUTION <= createdAt') },
  { fault: 'what is not configured is remembered', property: 'policies', oracles: ['completeness'], file: 'handle-push-event.ts', find: 'await putPolicies(client, repositoryName, create);\n      if (creation.createdAt !== undefined) recent.add(repositoryName, creation.createdAt);', replace: 'recent.add(repositoryName, creation.createdAt!);\n      await putPolicies(client, repositoryName, create);' },
  // The queue.
  { fault: 'what failed is deleted', property: 'queue batches', oracles: ['queue'], file: 'redrive.ts', find: '      return false;\n    }\n  }', replace: '      return true;\n    }\n  }' },
  { fault: 'another function\'s messages', property: 'queue batches', oracles: ['queue', 'log'], file: 'redrive.ts', find: 'unqualified(target) !== unqualified(functionArn)', replace: 'false' },
  { fault: 'functions of one beginning', property: 'queue batches', oracles: ['queue', 'log'], file: 'redrive.ts', find: 'unqualified(target) !== unqualified(functionArn)', replace: '!functionArn.startsWith(unqualified(target))' },
  { fault: 'another account\'s messages are deleted', property: 'queue batches', oracles: ['queue'], file: 'redrive.ts', find: '\'OtherAccount\', ', replace: '' },
  { fault: 'another construct\'s messages are deleted', property: 'queue batches', oracles: ['queue'], file: 'redrive.ts', find: ', \'NotAllowedPrefix\'];', replace: '];' },
  { fault: 'another construct\'s messages of an invalid name are deleted', property: 'queue batches', oracles: ['queue'], file: 'decision.ts', find: 'configuration.allowedPrefixes?.every(', replace: 'isRepositoryName(repositoryName) && configuration.allowedPrefixes?.every(' },
  { fault: 'what is no message is thrown', property: 'queue batches', oracles: ['throws'], file: 'redrive.ts', find: 'return isObject(record) && \'messageId\' in record', replace: 'return \'messageId\' in (record as object)' },
  { fault: 'a batch ends with the first failure', property: 'queue batches', oracles: ['throws', 'queue'], file: 'redrive.ts', find: '    } catch {\n      // Its log line is written.\n      return false;', replace: '    } catch (error) {\n      throw error;' },
  { fault: 'what is no JSON is thrown', property: 'queue batches', oracles: ['throws'], file: 'redrive.ts', find: '  } catch {\n    return undefined;', replace: '  } catch (error) {\n    throw error;' },
];
