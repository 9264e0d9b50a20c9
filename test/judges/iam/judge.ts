import { evaluate, type IamRequest } from '../../local-aws/iam';
import { statementsOf } from '../../local-aws/policy-document';
import { evaluateForRole, roleStatements } from '../../local-aws/role-policies';
import { runJudge, Verdict } from '../verdict';
import { ACCOUNT, type JudgedApp, judgedApps, OTHER_ACCOUNT, otherRoles, REGION } from './apps';
import { completionCalls, type Expectation, expectedOfFunction, expectedOn, type OwnResources } from './expectations';
import { handlerCalls, readSources } from './handler-calls';
import { contextsOf, requestsOf, SERVICES, type Values } from './requests';
import { Simulator } from './simulator';

const NAMES = [
  'backend/api', 'backend/legacy', 'backend/legacy-2/x', 'backend', 'backendx/a', 'xbackend/a', 'frontend/a', 'team-a', 'team/a', 'replica/a',
];

/** With hundreds of prefixes. */
const DIVISIONS = ['division-0/team-0/x', 'division-0/team-9/x', 'division-1/team-0/x', 'division-8/team-449/x', 'division-0/team-450/x', 'backend/api'];

/** The function, at work. */
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/function/session`;

/** The push and pull of an image, as AWS documents them. https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html */
const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const PUSH = [
  'ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart',
];

/** Nobody needs a permission for it. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const ALWAYS_ALLOWED = 'sts:GetCallerIdentity';

class IamJudge {
  constructor(private readonly verdict: Verdict, readonly simulator: Simulator) {}

  /** Three opinions of one request: someone else's, our evaluator's, and what is promised. */
  async compare(what: string, { deployment, roleArn }: Pick<JudgedApp, 'deployment' | 'roleArn'>, request: IamRequest, expectation: Expectation): Promise<void> {
    const statements = roleStatements(deployment, roleArn);
    const theirs = await this.simulator.isAllowed({ principal: SESSION, statements }, request, keyPolicyOf(deployment, request.resource));
    if (theirs === undefined) {
      this.verdict.count('calls that iam-simulate cannot tell');
      return;
    }
    const ours = evaluateForRole(deployment, roleArn, request) === 'allowed';
    const expected = expectation(request);
    this.verdict.count(expected ? 'calls allowed' : 'calls denied');
    this.verdict.check('calls simulated', theirs === expected && ours === expected, () =>
      `${what}: ${request.action} on ${request.resource} with ${JSON.stringify(request.context)}: expected ${expected}, iam-simulate says ${theirs}, the local evaluator says ${ours}`);
  }

  async judgeFunction(app: JudgedApp, calls: readonly string[]): Promise<void> {
    const own = ownResources(app);
    const expectation = expectedOfFunction(app, own);
    const values = valuesOf(own, (app.props.allowedPrefixes?.length ?? 0) > 100 ? DIVISIONS : NAMES);
    for (const service of SERVICES) {
      const requests = await requestsOf(this.simulator, service, values);
      for (const request of requests) {
        for (const context of contextsOf(service, own.owner)) await this.compare(app.name, app, { ...request, context }, expectation);
      }
    }
    await this.judgeCalls(app, calls);
  }

  /** Every call that the handler makes is allowed where the props make it necessary: a call that nobody has thought of is denied, and found here. */
  async judgeCalls(app: JudgedApp, calls: readonly string[]): Promise<void> {
    const own = ownResources(app);
    const conditional = completionCalls(app.props);
    const optional = /^ecr:((Get|Put)LifecyclePolicy|(Get|Set)RepositoryPolicy|ListTagsForResource)$/;
    const needed = calls.filter(call => !optional.test(call) || conditional.includes(call));
    const prefix = app.props.allowedPrefixes?.[0] ?? '';
    const name = `${prefix}new`;
    const tag = 'cdk-ecr-auto-create:owner';
    const context = { [`aws:RequestTag/${tag}`]: own.owner, [`aws:ResourceTag/${tag}`]: own.owner, 'aws:TagKeys': [tag] };
    for (const action of [...needed, 'ecr:TagResource']) {
      await this.compare(`${app.name}, a call of the handler`, app, { action, resource: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${name}`, context }, () => true);
      this.verdict.count('calls of the handler');
    }
  }

  /** Every action that AWS has, once: none is allowed but those that are promised. */
  async judgeAllServices(app: JudgedApp): Promise<void> {
    const own = ownResources(app);
    const expectation = expectedOfFunction(app, own);
    for (const service of await this.simulator.data.iamServiceKeys()) {
      if (SERVICES.includes(service)) continue;
      const requests = await requestsOf(this.simulator, service, {});
      const contexts = contextsOf(service, own.owner);
      const seen = new Set<string>();
      for (const request of requests) {
        // One resource of each action is enough: there is no statement that names any of them.
        if (seen.has(request.action) || request.action === ALWAYS_ALLOWED) continue;
        seen.add(request.action);
        for (const context of contexts) await this.compare(`${app.name}, all services`, app, { ...request, context }, expectation);
      }
      this.verdict.count('services');
    }
  }

  async judgeOtherRoles(): Promise<void> {
    const { deployment, allowedPrefixes, templates, replicating, pusher, puller } = otherRoles();
    const creation = ['ecr:CreateRepository', 'ecr:TagResource'];
    const expectations: [string, string, Expectation][] = [
      ['the role of the templates', templates, expectedOn(allowedPrefixes, creation)],
      ['the role of replicating templates', replicating, expectedOn(['replica/'], [...creation, 'ecr:ReplicateImage'])],
      ['grantPush', pusher, expectedOn(allowedPrefixes, PUSH, ['ecr:GetAuthorizationToken'])],
      ['grantPull', puller, expectedOn(allowedPrefixes, PULL, ['ecr:GetAuthorizationToken'])],
    ];
    for (const [what, roleArn, expectation] of expectations) {
      for (const service of SERVICES) {
        for (const request of await requestsOf(this.simulator, service, { RepositoryName: NAMES })) {
          await this.compare(what, { deployment, roleArn }, { ...request, context: {} }, expectation);
        }
      }
      this.verdict.count('roles');
    }
  }

  /** Who may send to the queue: nobody by plain HTTP, and no other account. */
  async judgeQueue(app: JudgedApp): Promise<void> {
    const [queue] = app.deployment.resources('AWS::SQS::Queue');
    const [policy] = app.deployment.resources('AWS::SQS::QueuePolicy');
    // A given queue is the user's.
    if (app.props.deadLetterQueue !== undefined) return;
    const resourcePolicy = statementsOf(policy.properties.PolicyDocument);
    const everything = [{ Effect: 'Allow' as const, Action: 'sqs:*', Resource: '*' }];
    for (const account of [ACCOUNT, OTHER_ACCOUNT]) {
      for (const secure of ['true', 'false']) {
        for (const action of ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue']) {
          const request = { action, resource: queue.arn!, context: { 'aws:SecureTransport': secure } };
          const theirs = await this.simulator.isAllowed(
            { principal: `arn:aws:sts::${account}:assumed-role/any/session`, statements: everything }, request, resourcePolicy);
          // Of the account itself, those whom its own policies allow.
          const expected = account === ACCOUNT && secure === 'true';
          const ours = account === ACCOUNT && evaluate(everything, request) === 'allowed' && evaluate(resourcePolicy, request) !== 'explicitDeny';
          this.verdict.check('calls of the queue', theirs === expected && ours === expected, () =>
            `${action} by ${account}, TLS ${secure}: expected ${expected}, iam-simulate says ${theirs}, the local evaluator says ${ours}`);
        }
      }
    }
  }
}

function ownResources({ deployment, owner }: JudgedApp): OwnResources {
  const arn = (type: string, id: RegExp) => deployment.resources(type).find(({ logicalId }) => id.test(logicalId))?.arn;
  const logGroup = deployment.resources('AWS::Logs::LogGroup')[0].physicalId;
  return {
    owner,
    logGroup: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${logGroup}`,
    queue: arn('AWS::SQS::Queue', /Queue/)!,
    ownKey: arn('AWS::KMS::Key', /^OwnKey/),
    imageKey: arn('AWS::KMS::Key', /^ImageKey/),
  };
}

/** A key's own policy, which leaves the decision to IAM: without it, IAM alone allows nothing. */
function keyPolicyOf(deployment: JudgedApp['deployment'], resource: string) {
  const key = deployment.resources('AWS::KMS::Key').find(({ arn }) => arn === resource);
  return key === undefined ? undefined : statementsOf(key.properties.KeyPolicy);
}

function valuesOf({ logGroup, queue, ownKey, imageKey }: OwnResources, names: readonly string[]): Values {
  const last = (arn: string | undefined) => arn === undefined ? [] : [arn.split(/[:/]/).pop()!];
  return {
    RepositoryName: names,
    LogGroupName: [logGroup.split('log-group:')[1], '/aws/lambda/other'],
    LogStreamName: ['stream'],
    QueueName: [...last(queue), 'other'],
    KeyId: [...last(ownKey), ...last(imageKey), 'other'],
  };
}

void runJudge('iam', async verdict => {
  verdict.expect('roles', 'calls of the handler', 'calls simulated', 'calls allowed', 'calls denied', 'services', 'calls of the queue');
  const judge = new IamJudge(verdict, await Simulator.install());
  const calls = handlerCalls();
  const apps = judgedApps();
  // A call that is new in the sources, and has no permission, must be found.
  const withNew = handlerCalls([...readSources(), "import { DeleteRepositoryCommand } from '@aws-sdk/client-ecr';"]);
  const trial = new Verdict();
  await new IamJudge(trial, judge.simulator).judgeCalls(apps[0], withNew);
  if (trial.record('iam').disagreements.length !== 1) verdict.disagree('a new call of the handler without permission would not be found');
  for (const app of apps) {
    await judge.judgeFunction(app, calls);
    await judge.judgeQueue(app);
    verdict.count('roles');
    console.error(`iam: ${app.name}`);
  }
  for (const name of ['prefixes', 'vpc']) await judge.judgeAllServices(apps.find(app => app.name === name)!);
  await judge.judgeOtherRoles();
});
