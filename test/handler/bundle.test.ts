import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIGURATION, failedPush } from './fixtures';
import { ENVIRONMENT } from '../../src/handler/configuration';

const BUNDLE = join(__dirname, '..', '..', 'assets', 'handler', 'index.js');
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'session' };

interface BundleRun {
  readonly error: string;
  readonly requests: { protocol: string; host: string; port?: number; method: string; headers: Record<string, string> }[];
}

/** Handles a failed push with the bundle as Lambda runs it, with these variables, and gives what it would have sent. */
function run(environment: Record<string, string> = {}): BundleRun {
  const output = execFileSync(process.execPath, [join(__dirname, 'requests.cjs'), BUNDLE, JSON.stringify(failedPush())], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      AWS_REGION: 'eu-central-1',
      AWS_MAX_ATTEMPTS: '1',
      ...CREDENTIALS,
      [ENVIRONMENT.CONFIGURATION]: JSON.stringify(CONFIGURATION),
      ...environment,
    },
  });
  return JSON.parse(output) as BundleRun;
}

/** The address of the only request. */
function address(environment: Record<string, string>): string {
  const { requests } = run(environment);
  expect(requests).toHaveLength(1);
  const [{ protocol, host, port }] = requests;
  return `${protocol}://${host}${port === undefined ? '' : `:${port}`}`;
}

// What the SDK promises of these variables, and the bundle must not lose when the rest of the SDK is left out.
test.each([
  [{}, 'https://api.ecr.eu-central-1.amazonaws.com'],
  [{ AWS_REGION: 'us-gov-west-1' }, 'https://api.ecr.us-gov-west-1.amazonaws.com'],
  [{ AWS_REGION: 'cn-north-1' }, 'https://api.ecr.cn-north-1.amazonaws.com.cn'],
  [{ AWS_REGION: 'us-east-1', AWS_USE_FIPS_ENDPOINT: 'true' }, 'https://api.ecr-fips.us-east-1.amazonaws.com'],
  [{ AWS_REGION: 'us-gov-west-1', AWS_USE_FIPS_ENDPOINT: 'true' }, 'https://api.ecr-fips.us-gov-west-1.amazonaws.com'],
  [{ AWS_USE_DUALSTACK_ENDPOINT: 'true' }, 'https://ecr.eu-central-1.api.aws'],
  [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, 'http://127.0.0.1:4566'],
  [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566', AWS_ENDPOINT_URL_ECR: 'https://vpce-1.api.ecr.eu-central-1.vpce.amazonaws.com' },
    'https://vpce-1.api.ecr.eu-central-1.vpce.amazonaws.com'],
  [{ AWS_ENDPOINT_URL_ECR: 'https://unused.example.com', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, 'https://api.ecr.eu-central-1.amazonaws.com'],
])('calls the endpoint of %j', (environment, expected) => {
  expect(address(environment)).toBe(expected);
});

test('signs with the credentials of the environment', () => {
  const { headers } = run().requests[0];
  expect(headers).toMatchObject({
    'authorization': expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/ecr\/aws4_request, SignedHeaders=.*host.*, Signature=[0-9a-f]{64}$/),
    'x-amz-security-token': 'session',
    'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.CreateRepository',
    'content-type': 'application/x-amz-json-1.1',
  });
});

test('fails without credentials, and sends nothing', () => {
  expect(run({ AWS_ACCESS_KEY_ID: '' })).toEqual({ error: expect.stringContaining('credential'), requests: [] });
});

test.each([
  [{ AWS_MAX_ATTEMPTS: '4' }, 4],
  [{ AWS_MAX_ATTEMPTS: '2', AWS_RETRY_MODE: 'adaptive' }, 2],
])('tries again as %j says', (environment, attempts) => {
  expect(run(environment)).toMatchObject({ error: 'reset', requests: { length: attempts } });
});

test('tries three times by default', () => {
  const { requests } = run({ AWS_MAX_ATTEMPTS: '' });
  expect(requests).toHaveLength(3);
});

test('names the SDK and its environment to ECR, and passes the trace on', () => {
  const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
  const { headers } = run({ AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x', AWS_SDK_UA_APP_ID: 'platform', AWS_LAMBDA_FUNCTION_NAME: 'f', _X_AMZN_TRACE_ID: trace }).requests[0];
  expect(headers['user-agent'] ?? headers['x-amz-user-agent']).toMatch(/aws-sdk-js\/3\.\d+\.\d+ .*exec-env\/AWS_Lambda_nodejs24\.x.*app\/platform/);
  expect(headers['X-Amzn-Trace-Id'] ?? headers['x-amzn-trace-id']).toBe(trace);
});

test('leaves out what Lambda never uses', () => {
  const bundle = readFileSync(BUNDLE, 'utf8');
  expect(bundle.length).toBeLessThan(200_000);
  // Other providers of credentials, and the loader of ES modules.
  for (const absent of ['AssumeRoleWithWebIdentity', 'sso_start_url', '169.254.169.254/latest/api', 'node:child_process', 'import(']) expect(bundle).not.toContain(absent);
});
