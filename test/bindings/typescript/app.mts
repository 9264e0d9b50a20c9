// What a user of the npm package writes. The other languages define the same stack: the templates must be equal.
import {
  App, Duration, RemovalPolicy, Stack, aws_cloudwatch as cloudwatch, aws_cloudwatch_actions as actions, aws_ec2 as ec2, aws_ecr as ecr,
  aws_events_targets as targets, aws_iam as iam, aws_kms as kms, aws_lambda as lambda, aws_logs as logs, aws_sns as sns, aws_sqs as sqs,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CreationTemplateTrigger, EcrAutoCreate, type EcrAutoCreateProps, EcrCreationTemplates, type RepositorySettings } from 'cdk-ecr-auto-create';

class Platform extends Stack {
  private readonly key = new kms.Key(this, 'Key', { enableKeyRotation: true });
  private readonly topic = new sns.Topic(this, 'Topic');

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const both = this.bothEngines();
    this.use(both);
    this.monitor(both);
    this.eventsOnly();
    this.caches();
    new EcrAutoCreate(this, 'Plain');
  }

  /** Events and creation templates, with every setting of repositories. */
  private bothEngines(): EcrAutoCreate {
    return new EcrAutoCreate(this, 'Both', {
      allowedPrefixes: ['backend/', 'frontend/'],
      repositoryDefaults: this.defaults(),
      repositoryOverrides: [
        {
          prefix: 'backend/sandbox/',
          settings: {
            imageTagMutability: ecr.TagMutability.MUTABLE,
            encryption: ecr.RepositoryEncryption.AES_256,
            // Nothing instead of the defaults.
            lifecycleRules: [],
            repositoryPolicy: new iam.PolicyDocument(),
            tags: { team: 'sandbox' },
          },
        },
        {
          prefix: 'frontend/archive/',
          settings: {
            lifecyclePolicyText: JSON.stringify({
              rules: [{
                rulePriority: 1,
                selection: { tagStatus: 'any', countType: 'sinceImagePulled', countUnit: 'days', countNumber: 90 },
                action: { type: 'transition', targetStorageClass: 'archive' },
              }],
            }),
          },
        },
      ],
      creationTemplates: true,
      removalPolicy: RemovalPolicy.DESTROY,
      logRetention: logs.RetentionDays.TWO_YEARS,
      redrive: false,
    });
  }

  private defaults(): RepositorySettings {
    return {
      imageTagMutability: ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
      imageTagMutabilityExclusionFilters: [
        ecr.ImageTagMutabilityExclusionFilter.wildcard('latest'),
        ecr.ImageTagMutabilityExclusionFilter.wildcard('dev-*'),
      ],
      imageScanOnPush: true,
      encryption: ecr.RepositoryEncryption.KMS,
      encryptionKey: this.key,
      lifecycleRules: [
        { rulePriority: 1, description: 'what no tag names', tagStatus: ecr.TagStatus.UNTAGGED, maxImageAge: Duration.days(14) },
        { rulePriority: 2, tagStatus: ecr.TagStatus.TAGGED, tagPrefixList: ['v'], maxImageCount: 50 },
      ],
      repositoryPolicy: new iam.PolicyDocument({
        statements: [new iam.PolicyStatement({
          sid: 'Pull',
          principals: [new iam.AccountPrincipal('444455556666')],
          actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        })],
      }),
      tags: { 'team': 'platform', 'cost-center': '4711' },
    };
  }

  private use(both: EcrAutoCreate): void {
    const ci = new iam.Role(this, 'Ci', { assumedBy: new iam.AccountRootPrincipal() });
    both.grantPush(ci).assertSuccess();
    both.grantPull(ci).assertSuccess();
    both.onRepositoryCreated('Created', { description: 'New repositories', target: new targets.SnsTopic(this.topic) });
    both.creationTemplates?.role.grantPassRole(ci);
    both.handler.addEnvironment('NOTE', `log group ${both.logGroup.logGroupName}`);
    this.key.grantDecrypt(both);
  }

  private monitor(both: EcrAutoCreate): void {
    const alarms = both.addAlarms('Alarms', {
      alarmActions: [new actions.SnsAction(this.topic)],
      okActions: [new actions.SnsAction(this.topic)],
      failureThreshold: 3,
      throttleThreshold: 10,
      eventAgeThreshold: Duration.minutes(10),
    });
    new cloudwatch.CompositeAlarm(this, 'Unhealthy', {
      alarmRule: cloudwatch.AlarmRule.anyOf(alarms.deadLetters, alarms.failures, alarms.throttles, alarms.oldestEvent),
    });
    both.metricRejected({ period: Duration.minutes(15) }).createAlarm(this, 'Rejections', { threshold: 5, evaluationPeriods: 1 });

    const dashboard = new cloudwatch.Dashboard(this, 'Dashboard');
    both.addDashboardWidgets(dashboard);
    dashboard.addWidgets(new cloudwatch.GraphWidget({
      left: [both.metricCreated(), both.metricFailed({ label: 'failures' }), both.metricDeadLetters()],
      right: [both.metricTimeToCreate({ statistic: cloudwatch.Stats.percentile(99) })],
    }));
  }

  /** All other props, and settings of so many names that the function reads them from files. */
  private eventsOnly(): void {
    const vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs: 1,
      natGateways: 0,
      subnetConfiguration: [{ name: 'functions', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
    });
    new EcrAutoCreate(this, 'Events', {
      allowedPrefixes: ['team-'],
      deniedPrefixes: ['team-legacy/'],
      allowedPrincipals: ['arn:aws:iam::111122223333:role/ci/*'],
      creatorTagKey: 'created-for',
      repositoryDefaults: { encryption: ecr.RepositoryEncryption.KMS_DSSE },
      repositoryOverrides: Array.from({ length: 12 }, (_, index) => ({
        prefix: `team-${index}/`,
        settings: { tags: { team: `${index}` }, lifecycleRules: [{ description: 'x'.repeat(1_000), maxImageCount: index + 1 }] },
      })),
      retryAttempts: 1,
      maxEventAge: Duration.minutes(30),
      deadLetterQueue: new sqs.Queue(this, 'Failed', { visibilityTimeout: Duration.minutes(10) }),
      redrive: true,
      logGroup: new logs.LogGroup(this, 'Audit', { retention: logs.RetentionDays.INFINITE }),
      encryptionKey: this.key,
      createTrail: true,
      memorySize: 256,
      timeout: Duration.minutes(1),
      architecture: lambda.Architecture.X86_64,
      runtime: lambda.Runtime.NODEJS_22_X,
      reservedConcurrentExecutions: 5,
      role: new iam.Role(this, 'Function', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }),
      tracing: lambda.Tracing.ACTIVE,
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      securityGroups: [new ec2.SecurityGroup(this, 'Group', { vpc })],
    });
  }

  private caches(): void {
    const templates = new EcrCreationTemplates(this, 'Caches', {
      allowedPrefixes: ['docker-hub/', 'quay/'],
      repositoryDefaults: { imageTagMutability: ecr.TagMutability.IMMUTABLE },
      appliedFor: [CreationTemplateTrigger.PULL_THROUGH_CACHE, CreationTemplateTrigger.of('REPLICATION')],
    });
    templates.templates.forEach(template => {
      template.description = `Caches under ${template.prefix}`;
    });
  }
}

/** The messages of wrong props, by name. */
function badInput(): Record<string, string | undefined> {
  const cases: Record<string, EcrAutoCreateProps> = {
    allowedPrefixes: { allowedPrefixes: ['backend/', 'Frontend/'] },
    retryAttempts: { retryAttempts: 3 },
    tags: { repositoryDefaults: { tags: { 'created-by': 'me' } } },
  };
  return Object.fromEntries(Object.entries(cases).map(([name, props]) => {
    try {
      new EcrAutoCreate(new Stack(), 'Bad', props);
      return [name, undefined];
    } catch (error) {
      return [name, error instanceof Error ? error.message : String(error)];
    }
  }));
}

const app = new App();
new Platform(app, 'Platform');
app.synth();
console.log(JSON.stringify(badInput()));
