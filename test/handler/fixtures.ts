import { ENVIRONMENT, type HandlerConfiguration, loadConfiguration, type LoadedConfiguration } from '../../src/handler/configuration';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-central-1';
export const OWNER = 'Platform/EcrAutoCreate';

export const CONFIGURATION: HandlerConfiguration = {
  repositoryArnPrefix: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/`,
  owner: OWNER,
  allowedPrefixes: ['backend/', 'frontend/'],
  settings: {
    repository: {
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      tags: [{ Key: 'created-by', Value: 'cdk-ecr-auto-create' }, { Key: 'cdk-ecr-auto-create:owner', Value: OWNER }],
    },
  },
};

export const LIFECYCLE_POLICY = {
  rules: [{
    rulePriority: 1, selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 20 }, action: { type: 'expire' },
  }],
};

export const REPOSITORY_POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::210987654321:root' }, Action: 'ecr:BatchGetImage' }],
};

export const WITH_POLICIES: HandlerConfiguration = {
  ...CONFIGURATION,
  settings: { ...CONFIGURATION.settings, lifecyclePolicy: LIFECYCLE_POLICY, repositoryPolicy: REPOSITORY_POLICY },
};

/** The configuration as a handler has it that is configured by its environment. */
export function loaded(configuration: HandlerConfiguration): LoadedConfiguration {
  return loadConfiguration({ [ENVIRONMENT.CONFIGURATION]: JSON.stringify(configuration) }, __dirname);
}

export const ASSUMED_ROLE = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLEID:build-4711',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/ci-push/build-4711`,
  accountId: ACCOUNT,
  sessionContext: { sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${ACCOUNT}:role/ci-push`, userName: 'ci-push' } },
};

interface FailedPush {
  readonly repositoryName?: unknown;
  readonly envelope?: Record<string, unknown>;
  readonly detail?: Record<string, unknown>;
  readonly requestParameters?: Record<string, unknown>;
}

/** A failed push as CloudTrail and EventBridge report it. An override of undefined leaves the key out. */
export function failedPush({ repositoryName = 'backend/payments', envelope, detail, requestParameters }: FailedPush = {}): object {
  return JSON.parse(JSON.stringify({
    'version': '0',
    'id': '7bf73129-1428-4cd3-a780-95db273d1602',
    'detail-type': 'AWS API Call via CloudTrail',
    'source': 'aws.ecr',
    'account': ACCOUNT,
    'time': '2026-11-02T09:14:31Z',
    'region': REGION,
    'resources': [],
    'detail': {
      eventVersion: '1.11',
      userIdentity: ASSUMED_ROLE,
      eventTime: '2026-11-02T09:14:31Z',
      eventSource: 'ecr.amazonaws.com',
      eventName: 'InitiateLayerUpload',
      awsRegion: REGION,
      sourceIPAddress: '203.0.113.12',
      userAgent: 'docker/29.7.2',
      errorCode: 'RepositoryNotFoundException',
      errorMessage: 'The repository does not exist',
      requestParameters: { registryId: ACCOUNT, repositoryName, ...requestParameters },
      responseElements: null,
      readOnly: false,
      recipientAccountId: ACCOUNT,
      ...detail,
    },
    ...envelope,
  }));
}

/** What ECR throws, as the SDK gives it to the handler. */
export function exception(name: string, message = `${name}: as ECR says`): Error {
  return Object.assign(new Error(message), { name });
}

/** The JSON log lines that are written while the function runs. */
export async function logLines(run: () => unknown): Promise<Record<string, unknown>[]> {
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await run();
    return write.mock.calls.map(([text]) => {
      expect(text).toMatch(/^[^\n]+\n$/);
      return JSON.parse(String(text));
    });
  } finally {
    write.mockRestore();
  }
}
