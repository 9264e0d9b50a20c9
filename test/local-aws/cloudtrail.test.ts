import { apiCallEvent, assumedRoleIdentity, iamUserIdentity, pushEvent } from './cloudtrail';
import { ENVIRONMENT } from './deployment-fixture';
import { startRoleSession } from './role-session';

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

const CALL = {
  eventName: 'InitiateLayerUpload',
  errorCode: 'RepositoryNotFoundException',
  errorMessage: 'The repository with name \'backend/payments\' does not exist in the registry with id \'123456789012\'',
  requestParameters: { registryId: '123456789012', repositoryName: 'backend/payments' },
  pusher: 'jo',
  sourceIp: '203.0.113.12',
  userAgent: 'docker/29.7.2 go/go1.25',
  time: new Date('2026-11-02T09:14:31.789Z'),
};

test('a failed push has the documented shape', () => {
  const identity = iamUserIdentity(ENVIRONMENT, 'jo', '/dev/');
  expect(pushEvent(ENVIRONMENT, CALL, identity)).toEqual({
    'version': '0',
    'id': UUID,
    'detail-type': 'AWS API Call via CloudTrail',
    'source': 'aws.ecr',
    'account': '123456789012',
    'time': '2026-11-02T09:14:31Z',
    'region': 'eu-central-1',
    'resources': [],
    'detail': {
      eventVersion: '1.11',
      userIdentity: identity,
      eventTime: '2026-11-02T09:14:31Z',
      eventSource: 'ecr.amazonaws.com',
      eventName: 'InitiateLayerUpload',
      awsRegion: 'eu-central-1',
      sourceIPAddress: '203.0.113.12',
      userAgent: 'docker/29.7.2 go/go1.25',
      errorCode: 'RepositoryNotFoundException',
      errorMessage: CALL.errorMessage,
      requestParameters: CALL.requestParameters,
      responseElements: null,
      requestID: UUID,
      eventID: UUID,
      readOnly: false,
      resources: [{ accountId: '123456789012', ARN: 'arn:aws:ecr:eu-central-1:123456789012:repository/backend/payments' }],
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: '123456789012',
      eventCategory: 'Management',
    },
  });
});

test('each event has ids of its own', () => {
  const [first, second] = [1, 2].map(() => pushEvent(ENVIRONMENT, CALL, {}) as { id: string; detail: { eventID: string; requestID: string } });
  expect(new Set([first, second].flatMap(({ id, detail }) => [id, detail.eventID, detail.requestID])).size).toBe(6);
});

test.each([
  'BatchCheckLayerAvailability', 'BatchGetImage', 'GetDownloadUrlForLayer', 'DescribeImages', 'ListImages',
])('%s only reads and makes no event', eventName => {
  expect(pushEvent(ENVIRONMENT, { ...CALL, eventName }, {})).toBeUndefined();
});

test.each(['InitiateLayerUpload', 'UploadLayerPart', 'CompleteLayerUpload', 'PutImage'])('%s writes and makes an event', eventName => {
  expect(pushEvent(ENVIRONMENT, { ...CALL, eventName }, {})).toMatchObject({ detail: { eventName } });
});

test('an IAM user', () => {
  expect(iamUserIdentity(ENVIRONMENT, 'jo')).toEqual({
    type: 'IAMUser',
    principalId: expect.stringMatching(/^AIDA[0-9A-Z]{17}$/),
    arn: 'arn:aws:iam::123456789012:user/jo',
    accountId: '123456789012',
    accessKeyId: expect.stringMatching(/^AKIA[0-9A-Z]{16}$/),
    userName: 'jo',
  });
});

test('an assumed role', () => {
  const identity = assumedRoleIdentity(ENVIRONMENT, 'arn:aws:iam::123456789012:role/ci/push', 'build-1');
  const principalId = expect.stringMatching(/^AROA[0-9A-Z]{17}$/);
  expect(identity).toEqual({
    type: 'AssumedRole',
    principalId: expect.stringMatching(/^AROA[0-9A-Z]{17}:build-1$/),
    arn: 'arn:aws:sts::123456789012:assumed-role/push/build-1',
    accountId: '123456789012',
    accessKeyId: expect.stringMatching(/^ASIA[0-9A-Z]{16}$/),
    sessionContext: {
      sessionIssuer: { type: 'Role', principalId, arn: 'arn:aws:iam::123456789012:role/ci/push', accountId: '123456789012', userName: 'push' },
      attributes: { creationDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/), mfaAuthenticated: 'false' },
    },
  });
});

describe('a call of ECR\'s API', () => {
  const session = startRoleSession('arn:aws:iam::123456789012:role/handler', 'function');
  const create = {
    action: 'CreateRepository',
    input: { repositoryName: 'backend/payments', tags: [{ Key: 'created-by', Value: 'us' }], imageTagMutability: 'IMMUTABLE' },
    caller: session.callerArn,
  };

  test('that succeeds has its answer in the event', () => {
    const repository = { repositoryName: 'backend/payments', createdAt: Date.parse('2026-11-02T09:14:35.500Z') / 1_000 };
    expect(apiCallEvent(ENVIRONMENT, { ...create, output: { repository } }, session)).toMatchObject({
      source: 'aws.ecr',
      detail: {
        eventName: 'CreateRepository',
        userIdentity: { arn: 'arn:aws:sts::123456789012:assumed-role/handler/function', sessionContext: { sessionIssuer: { arn: session.roleArn } } },
        requestParameters: { repositoryName: 'backend/payments', tags: [{ key: 'created-by', value: 'us' }], imageTagMutability: 'IMMUTABLE' },
        responseElements: { repository: { repositoryName: 'backend/payments', createdAt: expect.stringMatching(/^Nov 2, 2026, 9:14:35\sAM$/) } },
        resources: [{ ARN: 'arn:aws:ecr:eu-central-1:123456789012:repository/backend/payments' }],
      },
    });
    const { detail } = apiCallEvent(ENVIRONMENT, { ...create, output: { repository } }, session) as { detail: object };
    expect(detail).not.toHaveProperty('errorCode');
  });

  test('that has no repository in its answer keeps that', () => {
    const call = { ...create, action: 'PutLifecyclePolicy', input: { repositoryName: 'a' }, output: { lifecyclePolicyText: '{}' } };
    expect(apiCallEvent(ENVIRONMENT, call, session)).toMatchObject({
      detail: { requestParameters: { repositoryName: 'a' }, responseElements: { lifecyclePolicyText: '{}' } },
    });
  });

  test('that fails has its error', () => {
    const error = Object.assign(new Error('it exists'), { name: 'RepositoryAlreadyExistsException' });
    expect(apiCallEvent(ENVIRONMENT, { ...create, error }, session)).toMatchObject({
      detail: { errorCode: 'RepositoryAlreadyExistsException', errorMessage: 'it exists', responseElements: null },
    });
  });

  test('that reads, or names no repository, makes no event', () => {
    expect(apiCallEvent(ENVIRONMENT, { ...create, action: 'GetLifecyclePolicy' }, session)).toBeUndefined();
    expect(apiCallEvent(ENVIRONMENT, { ...create, action: 'TagResource', input: { resourceArn: 'arn:x' } }, session)).toBeUndefined();
  });
});
