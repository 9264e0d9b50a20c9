import { ASSUMED_ROLE, CONFIGURATION, exception, failedPush, loaded, logLines } from './fixtures';
import { decide } from '../../src/handler/decision';
import { type Delivery, logOutcome, type Outcome, writeLine } from '../../src/handler/outcome';
import { type PushAttempt, readPushEvent } from '../../src/handler/push-event';

const NOW = Date.UTC(2026, 10, 2, 9, 14, 35, 500);
const attempt = readPushEvent(failedPush())!;

beforeEach(() => {
  jest.useFakeTimers({ now: NOW });
  process.env.AWS_LAMBDA_FUNCTION_NAME = 'handler-function';
});
afterEach(() => {
  jest.useRealTimers();
  delete process.env.AWS_LAMBDA_FUNCTION_NAME;
});

async function lineOf(outcome: Outcome, of: PushAttempt | 'nothing' = attempt, delivery: Delivery = {}) {
  const lines = await logLines(() => logOutcome(outcome, of === 'nothing' ? undefined : of, { requestId: 'request-1', ...delivery }));
  expect(lines).toHaveLength(1);
  return lines[0];
}

function embeddedMetrics(...metrics: { Name: string; Unit: string }[]) {
  return {
    Timestamp: NOW,
    CloudWatchMetrics: [{ Namespace: 'EcrAutoCreate', Dimensions: [['FunctionName']], Metrics: metrics }],
  };
}

test('a creation is told in the words people search for, with who, where, how long and its metrics', async () => {
  expect(await lineOf({ outcome: 'created' })).toEqual({
    level: 'INFO',
    message: 'created backend/payments repository',
    outcome: 'created',
    repositoryName: 'backend/payments',
    pushedBy: ASSUMED_ROLE.arn,
    sourceIpAddress: '203.0.113.12',
    millisecondsSincePush: 4_500,
    requestId: 'request-1',
    _aws: embeddedMetrics({ Name: 'RepositoriesCreated', Unit: 'Count' }, { Name: 'TimeToCreate', Unit: 'Milliseconds' }),
    FunctionName: 'handler-function',
    RepositoriesCreated: 1,
    TimeToCreate: 4_500,
  });
});

test('a completion is a success whose creation was counted before', async () => {
  const line = await lineOf({ outcome: 'completed', completed: ['lifecyclePolicy'] });
  expect(line).toMatchObject({
    level: 'INFO',
    message: 'created backend/payments repository',
    outcome: 'completed',
    completed: ['lifecyclePolicy'],
    TimeToCreate: 4_500,
    _aws: embeddedMetrics({ Name: 'TimeToCreate', Unit: 'Milliseconds' }),
  });
  expect(line).not.toHaveProperty('RepositoriesCreated');
});

test('a repository that exists is no metric', async () => {
  const line = await lineOf({ outcome: 'exists' });
  expect(line).toMatchObject({ level: 'INFO', message: 'backend/payments repository already exists', outcome: 'exists' });
  expect(line).not.toHaveProperty('_aws');
  expect(line).not.toHaveProperty('FunctionName');
});

test('a rejection says why', async () => {
  const rejection = { reason: 'NotAllowedPrefix', explanation: 'its name starts with none of allowedPrefixes' } as const;
  expect(await lineOf({ outcome: 'rejected', rejection })).toMatchObject({
    level: 'WARN',
    message: 'rejected backend/payments repository: its name starts with none of allowedPrefixes',
    reason: 'NotAllowedPrefix',
    PushesRejected: 1,
    _aws: embeddedMetrics({ Name: 'PushesRejected', Unit: 'Count' }),
  });
});

test('a rejection needs no push', async () => {
  const line = await lineOf({ outcome: 'rejected', rejection: { reason: 'NotAFailedPush', explanation: 'not a push' } }, 'nothing');
  expect(line).toMatchObject({ message: 'rejected repository: not a push', PushesRejected: 1 });
  expect(line).not.toHaveProperty('repositoryName');
});

test('a failure to create counts as that', async () => {
  const line = await lineOf({ outcome: 'failed', error: exception('AccessDeniedException', 'no'), created: false });
  expect(line).toMatchObject({
    level: 'ERROR',
    message: 'failed to create backend/payments repository: no',
    errorName: 'AccessDeniedException',
    errorMessage: 'no',
    CreateFailures: 1,
    _aws: embeddedMetrics({ Name: 'CreateFailures', Unit: 'Count' }),
  });
  expect(line).not.toHaveProperty('RepositoriesCreated');
});

test('a failure after the creation counts both', async () => {
  expect(await lineOf({ outcome: 'failed', error: 'odd', created: true })).toMatchObject({
    message: 'failed to configure backend/payments repository: odd',
    errorName: 'Error',
    CreateFailures: 1,
    RepositoriesCreated: 1,
    _aws: embeddedMetrics({ Name: 'CreateFailures', Unit: 'Count' }, { Name: 'RepositoriesCreated', Unit: 'Count' }),
  });
});

test('the time is never negative, and left out where the event has none', async () => {
  expect(await lineOf({ outcome: 'created' }, { ...attempt, time: NOW + 60_000 })).toMatchObject({ TimeToCreate: 0, millisecondsSincePush: 0 });
  const line = await lineOf({ outcome: 'created' }, { ...attempt, time: undefined });
  expect(line).not.toHaveProperty('TimeToCreate');
  expect(line).toMatchObject({ _aws: embeddedMetrics({ Name: 'RepositoriesCreated', Unit: 'Count' }) });
});

test('a forged name makes no second line and no long one', async () => {
  const forged = `x\n{"message":"created evil repository"}\r\u2028${'y'.repeat(10_000)}`;
  const line = await lineOf({ outcome: 'rejected', rejection: { reason: 'InvalidName', explanation: 'invalid' } }, { ...attempt, repositoryName: forged });
  expect((line.repositoryName as string).length).toBe(2_049);
  expect((line.message as string).length).toBeLessThan(2_200);
});

test('a forged principal makes no long line', async () => {
  const { rejection } = decide({ ...attempt, principalArn: 'p'.repeat(200_000) }, loaded({ ...CONFIGURATION, allowedPrincipals: [] }));
  const line = await lineOf({ outcome: 'rejected', rejection: rejection! });
  expect(line).toMatchObject({ reason: 'NotAllowedPrincipal', message: expect.stringMatching(/^rejected backend\/payments repository: p{2048}…$/) });
});

test('a redriven event says so, and how long ago the push was, but that is no time to create', async () => {
  const line = await lineOf({ outcome: 'created' }, attempt, { redriven: true });
  expect(line).toMatchObject({ redriven: true, millisecondsSincePush: 4_500, _aws: embeddedMetrics({ Name: 'RepositoriesCreated', Unit: 'Count' }) });
  expect(line).not.toHaveProperty('TimeToCreate');
});

test('what could move a terminal or break a line is escaped', () => {
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  writeLine({ name: 'a\u007fb\u009b2Jc\u2028d\u202ee' });
  const [[text]] = write.mock.calls;
  write.mockRestore();
  expect(text).toBe('{"name":"a\\u007fb\\u009b2Jc\\u2028d\\u202ee"}\n');
  expect(JSON.parse(String(text))).toEqual({ name: 'a\u007fb\u009b2Jc\u2028d\u202ee' });
});
