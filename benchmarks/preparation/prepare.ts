import { copyFileSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { VERSIONS } from './versions';
import { nodeProgram, npmPackages, pythonPackages } from '../../test/judges/aside';
import { readCloudAssembly } from '../../test/local-aws/cloud-assembly';
import { deploy, type DeployedResource, type Deployment } from '../../test/local-aws/cloudformation';
import { assumedRoleIdentity, pushEvent } from '../../test/local-aws/cloudtrail';
import { requireCommand } from '../../test/local-aws/command';
import { environmentOf } from '../../test/local-aws/deployment-target';
import { objectOf } from '../../test/local-aws/json';
import { LambdaCode } from '../../test/local-aws/lambda-code';
import { startRoleSession } from '../../test/local-aws/role-session';

// Installs what the measurements need, and synthesises the functions: prepare.ts FOLDER WHAT… prints where all of it is, as JSON.

const PROJECT = join(__dirname, '..', '..');

/** Names of repositories are put in its place. */
const NAME = 'backend/name-of-the-repository';

const PREPARATIONS: Readonly<Record<string, (folder: string) => Promise<unknown>>> = {
  nodes: async () => {
    const nodes = Object.entries(VERSIONS.nodes).map(async ([name, version]) => [name, await node(version)] as const);
    return Object.fromEntries(await Promise.all(nodes));
  },
  sdk: async () => ({ modules: join(await npmPackages('bench-sdk', VERSIONS.sdk), 'node_modules'), version: VERSIONS.sdk['@aws-sdk/client-ecr'] }),
  python: async () => {
    const programs = await pythonPackages('bench-boto3', Object.entries(VERSIONS.python).map(requirement => requirement.join('==')));
    const binary = join(programs, 'python');
    const version = await requireCommand(binary, ['--version']);
    return { binary, version: version.replace('Python', '').trim(), boto3: VERSIONS.python.boto3 };
  },
  functions,
};

async function node(version: string): Promise<{ binary: string; version: string }> {
  const [major] = version.split('.');
  const binary = process.versions.node.startsWith(`${major}.`)
    ? await nodeProgram(Number(major))
    : join(await npmPackages(`bench-node-${major}`, { node: version }), 'node_modules', '.bin', 'node');
  return { binary, version: (await requireCommand(binary, ['--version'])).trim() };
}

async function functions(folder: string): Promise<unknown> {
  const assembly = join(folder, 'functions');
  await requireCommand(process.execPath, [join(__dirname, '..', 'apps', 'functions.cjs')], {
    cwd: PROJECT, env: { ...process.env, CDK_OUTDIR: assembly, CDK_VALIDATION: 'false' },
  });
  const artifacts = readCloudAssembly(assembly);
  const environment = environmentOf(artifacts, {});
  const deployment = deploy(artifacts, environment);
  const event = pushEvent(environment, {
    eventName: 'InitiateLayerUpload',
    errorCode: 'RepositoryNotFoundException',
    errorMessage: `The repository with name '${NAME}' does not exist in the registry with id '${environment.account}'`,
    requestParameters: { registryId: environment.account, repositoryName: NAME },
    pusher: 'build',
    sourceIp: '192.0.2.1',
    userAgent: 'docker/29.0.0',
    time: new Date(),
  }, assumedRoleIdentity(environment, `arn:${environment.partition}:iam::${environment.account}:role/ci-push`, 'build'));
  const handlers = deployment.resources('AWS::Lambda::Function').map(resource => [resource.stackName, copyOf(deployment, resource, folder)]);
  return {
    assembly,
    target: environment,
    event: { template: JSON.stringify(event), name: NAME },
    deployed: Object.fromEntries(handlers),
  };
}

/** Outside of the project, whose modules the code would find. */
function copyOf(deployment: Deployment, resource: DeployedResource, folder: string): unknown {
  const { directory } = new LambdaCode(deployment, resource);
  const copy = join(folder, 'code', resource.stackName);
  mkdirSync(copy, { recursive: true });
  for (const file of readdirSync(directory)) copyFileSync(join(directory, file), join(copy, file));
  const handler = join(copy, 'index.js');
  return { handler, bytes: readFileSync(handler).length, environment: lambdaEnvironment(deployment, resource) };
}

/** What Lambda tells a function; where ECR is comes with the stand-in. */
function lambdaEnvironment({ environment: { region } }: Deployment, { physicalId, properties }: DeployedResource): Record<string, string> {
  const { Environment: environment, Handler: handler, MemorySize: memorySize, Role: role, Runtime: runtime } = properties;
  const { accessKeyId, secretAccessKey, sessionToken } = startRoleSession(String(role), physicalId).credentials;
  const variables = Object.entries(objectOf(objectOf(environment).Variables)).map(([key, value]) => [key, String(value)]);
  return {
    ...Object.fromEntries(variables),
    TZ: ':UTC',
    _HANDLER: String(handler),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${String(runtime)}`,
    AWS_LAMBDA_FUNCTION_NAME: physicalId,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memorySize ?? 128),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
}

async function main([folder, ...wanted]: readonly string[]): Promise<void> {
  const prepared: Record<string, unknown> = {};
  // One after the other: each may use all processors.
  for (const what of wanted) prepared[what] = await PREPARATIONS[what](folder);
  process.stdout.write(`${JSON.stringify(prepared)}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
  process.exitCode = 1;
});
