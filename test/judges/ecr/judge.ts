import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { listOf, objectOf } from '../../local-aws/json';
import { runJudge, type Verdict } from '../verdict';
import { CI_ROLE, PULL_ROLE, synthesizeApps } from './apps';
import { attempt } from './attempt';
import { CreationJudge } from './creations';
import { DeployedFunction } from './deployed-function';
import { judgeResources } from './deployed-resources';
import { deployByCdk, Deployments } from './deployments';
import { DocumentedCommands, type DocumentedSetting } from './documented-commands';
import { judgeEvaluator, probingRole } from './evaluator';
import { EventJudge } from './events';
import { judgeLargest, LARGEST } from './largest';
import { ACCOUNT, Moto, REGION } from './moto';
import { PermissionJudge } from './permissions';
import { installPrograms } from './programs';
import { judgeGrants } from './pushes';
import { FOREIGN, QueueAndLogJudge } from './queues-and-logs';
import { OWNER } from './repositories';
import { ownerOf } from './role-policies';

const ROOT = join(__dirname, '..', '..', '..');
const DOCUMENTS = [join(ROOT, 'README.md'), join(ROOT, 'docs', 'runbooks.md')];

/** Its names fill several policies, of which taking another one shows nothing; and they are too many for an event pattern. */
const SPLIT = 'ManyPrefixes';

async function judge(verdict: Verdict, directory: string): Promise<void> {
  const assembly = join(directory, 'cdk.out');
  const cases = synthesizeApps(assembly);
  const { cdk, python } = await installPrograms();
  const moto = await Moto.start(python, directory);
  const functions: DeployedFunction[] = [];
  try {
    await deployByCdk(moto, cdk, assembly);
    const deployments = await Deployments.read(moto, assembly);
    for (const [name, status] of deployments.statuses) verdict.check('stacks deployed', status === 'CREATE_COMPLETE', () => `the stack ${name} is ${status}`);
    tellLimits(await judgeResources(verdict, moto, deployments));

    const roleArn = `arn:aws:iam::${ACCOUNT}:role/${CI_ROLE}`;
    const pusher = { roleArn, credentials: await moto.assume(roleArn) };
    const puller = await moto.assume(`arn:aws:iam::${ACCOUNT}:role/${PULL_ROLE}`);
    const prober = await probingRole(moto);
    for (const each of [...cases, LARGEST]) functions.push(await DeployedFunction.load(moto, deployments, each, directory));
    await moto.enforcePolicies();
    tellLimits(await judgeEvaluator(verdict, moto, prober));
    for (const [index, each] of cases.entries()) {
      const deployed = functions[index];
      const about = `${each.stackName}/${each.id}`;
      const owner = await ownerOf(moto, deployed.roleName);
      const [name] = Object.keys(each.creates);
      const isSplit = each.stackName === SPLIT;
      const judgeCreation = async () => new CreationJudge(verdict, moto, deployments, pusher, deployed, each, owner).judge();
      const judgePermissions = async () => new PermissionJudge(verdict, moto, pusher, deployed, name, owner).judge();
      const judgeEvents = async () => (await EventJudge.prepare(verdict, moto, deployments, deployed, each)).judge(pusher, each, !isSplit);
      const judgeQueue = async () => new QueueAndLogJudge(verdict, moto, deployments, deployed, each).judge(pusher);
      await attempt(verdict, about, judgeCreation);
      if (!isSplit) await attempt(verdict, about, judgePermissions);
      await attempt(verdict, about, judgeEvents);
      await attempt(verdict, about, judgeQueue);
      if (each.stackName === 'AllNames') await attempt(verdict, about, async () => judgeGrants(verdict, moto, pusher, puller, deployed));
    }
    await attempt(verdict, LARGEST.stackName, async () => judgeLargest(verdict, moto, deployments, functions[cases.length], pusher));
    verdict.count('ECR calls', moto.recorded().filter(({ service }) => service === 'ecr').length);
    // Under enforcement, moto finds the signatures of requests with a query wrong.
    await moto.ignorePolicies();
    await judgeDocuments(verdict, moto, deployments, directory);
  } finally {
    await Promise.all(functions.map(async deployed => deployed.stop()));
    await moto.stop();
  }
}

/** The commands that README and runbooks give to those who have deployed the demo, after all of the above. */
async function judgeDocuments(verdict: Verdict, moto: Moto, deployments: Deployments, directory: string): Promise<void> {
  const demo = { stackName: 'Demo' };
  const { expected: { EventPattern } } = deployments.only('AWS::Events::Rule', demo);
  const { physicalId: FunctionName } = deployments.only('AWS::Lambda::Function', demo);
  const { physicalId: logGroupName } = deployments.only('AWS::Logs::LogGroup', demo);
  const setting: DocumentedSetting = {
    variables: { STACK: demo.stackName, REGION, ACCOUNT, NAME: 'backend/payments', ROLE_ARN: `arn:aws:iam::${ACCOUNT}:role/${CI_ROLE}` },
    expectations: {
      'cloudtrail get-trail-status': output => /^true$/m.test(output),
      'cloudtrail get-event-selectors': output => output.includes('"ReadWriteType": "WriteOnly"'),
      'ecr list-tags-for-resource': output => output.includes(`"${OWNER}"`),
      'events describe-rule': (output, args) => args.includes('State')
        ? output.trim() === 'ENABLED'
        : output.startsWith('{') && isDeepStrictEqual(JSON.parse(output), EventPattern),
      'lambda get-function-configuration': output => /^Active\tSuccessful$/m.test(output),
      'lambda put-function-concurrency': output => output.includes('"ReservedConcurrentExecutions": 20'),
      'lambda update-event-source-mapping': (output, args) => output.includes(`"State": "${args.includes('--enabled') ? 'Enabled' : 'Disabled'}"`),
      'logs filter-log-events': output => output.includes('created backend/payments-'),
      'sqs get-queue-attributes': output => /"ApproximateNumberOfMessages": "\d+"/.test(output),
      'sqs receive-message': output => output.includes(`"Body": "${FOREIGN}"`) && output.includes('"ERROR_CODE"'),
    },
  };
  const missing = await new DocumentedCommands(verdict, moto, directory, setting).judge(DOCUMENTS.map(document => readFileSync(document, 'utf8')).join('\n'));
  const { EventSourceMappings } = await moto.call('lambda', 'ListEventSourceMappings', { FunctionName });
  const states = listOf(EventSourceMappings).map(mapping => objectOf(mapping).State);
  verdict.check('documented outputs', isDeepStrictEqual(states, ['Disabled']), () => `after the documented commands, the mapping is ${states.join()}`);

  const [all, matching] = await Promise.all([{}, { filterPattern: '{ $.outcome = "nothing" }' }].map(async filter =>
    listOf((await moto.call('logs', 'FilterLogEvents', { logGroupName, ...filter })).events).length));
  verdict.check('logs judged', all > 0 && matching === all,
    () => `of ${all} lines, a pattern matches ${matching}: if moto has learnt the patterns of logs, judge what they find by them`);
  tellLimits([`not implemented: ${missing.join(', ')}`, 'CloudWatch Logs takes every line for one that a pattern on JSON matches']);
}

/** Where moto stops: what cannot be judged by it. */
function tellLimits(limits: readonly string[]): void {
  limits.forEach(limit => console.error(`moto: ${limit}`));
}

void runJudge('ecr', async verdict => {
  verdict.expect(
    'stacks deployed', 'resources compared', 'properties compared', 'policies tried', 'handler runs', 'repositories created', 'repositories compared',
    'refusals', 'permissions removed', 'events matched', 'queues judged', 'logs judged', 'calls by grantees', 'ECR calls',
    'documented snippets', 'documented commands', 'documented outputs',
  );
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'judge-ecr-')));
  try {
    await judge(verdict, directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
