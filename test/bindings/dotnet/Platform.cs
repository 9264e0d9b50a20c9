using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Amazon.CDK;
using Amazon.CDK.AWS.CloudWatch;
using Amazon.CDK.AWS.CloudWatch.Actions;
using Amazon.CDK.AWS.EC2;
using Amazon.CDK.AWS.ECR;
using Amazon.CDK.AWS.Events;
using Amazon.CDK.AWS.Events.Targets;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.KMS;
using Amazon.CDK.AWS.Lambda;
using Amazon.CDK.AWS.Logs;
using Amazon.CDK.AWS.SNS;
using Amazon.CDK.AWS.SQS;
using CdkEcrAutoCreate;
using Constructs;

namespace Example
{
    /// <summary>What a user of the NuGet package writes: the stack of typescript/app.mts.</summary>
    internal class Platform : Stack
    {
        private readonly Key key;
        private readonly Topic topic;

        internal Platform(Construct scope, string id) : base(scope, id)
        {
            key = new Key(this, "Key", new KeyProps { EnableKeyRotation = true });
            topic = new Topic(this, "Topic");
            var both = BothEngines();
            Use(both);
            Monitor(both);
            EventsOnly();
            Caches();
            new EcrAutoCreate(this, "Plain");
        }

        /// <summary>Events and creation templates, with every setting of repositories.</summary>
        private EcrAutoCreate BothEngines()
        {
            var archive = new
            {
                rules = new[]
                {
                    new
                    {
                        rulePriority = 1,
                        selection = new { tagStatus = "any", countType = "sinceImagePulled", countUnit = "days", countNumber = 90 },
                        action = new { type = "transition", targetStorageClass = "archive" },
                    },
                },
            };
            return new EcrAutoCreate(this, "Both", new EcrAutoCreateProps
            {
                AllowedPrefixes = new[] { "backend/", "frontend/" },
                RepositoryDefaults = Defaults(),
                RepositoryOverrides = new[]
                {
                    new RepositoryOverride
                    {
                        Prefix = "backend/sandbox/",
                        Settings = new RepositorySettings
                        {
                            ImageTagMutability = TagMutability.MUTABLE,
                            Encryption = RepositoryEncryption.AES_256,
                            // Nothing instead of the defaults.
                            LifecycleRules = new LifecycleRule[] { },
                            RepositoryPolicy = new PolicyDocument(),
                            Tags = new Dictionary<string, string> { ["team"] = "sandbox" },
                        },
                    },
                    new RepositoryOverride
                    {
                        Prefix = "frontend/archive/",
                        Settings = new RepositorySettings { LifecyclePolicyText = JsonSerializer.Serialize(archive) },
                    },
                },
                CreationTemplates = true,
                RemovalPolicy = RemovalPolicy.DESTROY,
                LogRetention = RetentionDays.TWO_YEARS,
                Redrive = false,
            });
        }

        private RepositorySettings Defaults()
        {
            return new RepositorySettings
            {
                ImageTagMutability = TagMutability.IMMUTABLE_WITH_EXCLUSION,
                ImageTagMutabilityExclusionFilters = new[]
                {
                    ImageTagMutabilityExclusionFilter.Wildcard("latest"),
                    ImageTagMutabilityExclusionFilter.Wildcard("dev-*"),
                },
                ImageScanOnPush = true,
                Encryption = RepositoryEncryption.KMS,
                EncryptionKey = key,
                LifecycleRules = new[]
                {
                    new LifecycleRule
                    {
                        RulePriority = 1, Description = "what no tag names", TagStatus = TagStatus.UNTAGGED, MaxImageAge = Duration.Days(14),
                    },
                    new LifecycleRule { RulePriority = 2, TagStatus = TagStatus.TAGGED, TagPrefixList = new[] { "v" }, MaxImageCount = 50 },
                },
                RepositoryPolicy = new PolicyDocument(new PolicyDocumentProps
                {
                    Statements = new[]
                    {
                        new PolicyStatement(new PolicyStatementProps
                        {
                            Sid = "Pull",
                            Principals = new IPrincipal[] { new AccountPrincipal("444455556666") },
                            Actions = new[] { "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer" },
                        }),
                    },
                }),
                Tags = new Dictionary<string, string> { ["cost-center"] = "4711", ["team"] = "platform" },
            };
        }

        private void Use(EcrAutoCreate both)
        {
            var ci = new Role(this, "Ci", new RoleProps { AssumedBy = new AccountRootPrincipal() });
            both.GrantPush(ci).AssertSuccess();
            both.GrantPull(ci).AssertSuccess();
            both.OnRepositoryCreated("Created", new OnEventOptions { Description = "New repositories", Target = new SnsTopic(topic) });
            both.CreationTemplates?.Role.GrantPassRole(ci);
            both.Handler.AddEnvironment("NOTE", $"log group {both.LogGroup.LogGroupName}");
            key.GrantDecrypt(both);
        }

        private void Monitor(EcrAutoCreate both)
        {
            var alarms = both.AddAlarms("Alarms", new EcrAutoCreateAlarmOptions
            {
                AlarmActions = new[] { new SnsAction(topic) },
                OkActions = new[] { new SnsAction(topic) },
                FailureThreshold = 3,
                ThrottleThreshold = 10,
                EventAgeThreshold = Duration.Minutes(10),
            });
            new CompositeAlarm(this, "Unhealthy", new CompositeAlarmProps
            {
                AlarmRule = AlarmRule.AnyOf(alarms.DeadLetters, alarms.Failures, alarms.Throttles, alarms.OldestEvent),
            });
            both.MetricRejected(new MetricOptions { Period = Duration.Minutes(15) })
                .CreateAlarm(this, "Rejections", new CreateAlarmOptions { Threshold = 5, EvaluationPeriods = 1 });

            var dashboard = new Dashboard(this, "Dashboard");
            both.AddDashboardWidgets(dashboard);
            dashboard.AddWidgets(new GraphWidget(new GraphWidgetProps
            {
                Left = new[] { both.MetricCreated(), both.MetricFailed(new MetricOptions { Label = "failures" }), both.MetricDeadLetters() },
                Right = new[] { both.MetricTimeToCreate(new MetricOptions { Statistic = Stats.Percentile(99) }) },
            }));
        }

        /// <summary>All other props, and settings of so many names that the function reads them from files.</summary>
        private void EventsOnly()
        {
            var vpc = new Vpc(this, "Vpc", new VpcProps
            {
                MaxAzs = 1,
                NatGateways = 0,
                SubnetConfiguration = new[] { new SubnetConfiguration { Name = "functions", SubnetType = SubnetType.PRIVATE_ISOLATED } },
            });
            new EcrAutoCreate(this, "Events", new EcrAutoCreateProps
            {
                AllowedPrefixes = new[] { "team-" },
                DeniedPrefixes = new[] { "team-legacy/" },
                AllowedPrincipals = new[] { "arn:aws:iam::111122223333:role/ci/*" },
                CreatorTagKey = "created-for",
                RepositoryDefaults = new RepositorySettings { Encryption = RepositoryEncryption.KMS_DSSE },
                RepositoryOverrides = Enumerable.Range(0, 12).Select(index => new RepositoryOverride
                {
                    Prefix = $"team-{index}/",
                    Settings = new RepositorySettings
                    {
                        Tags = new Dictionary<string, string> { ["team"] = $"{index}" },
                        LifecycleRules = new[] { new LifecycleRule { Description = new string('x', 1_000), MaxImageCount = index + 1 } },
                    },
                }).ToArray(),
                RetryAttempts = 1,
                MaxEventAge = Duration.Minutes(30),
                DeadLetterQueue = new Queue(this, "Failed", new QueueProps { VisibilityTimeout = Duration.Minutes(10) }),
                Redrive = true,
                LogGroup = new LogGroup(this, "Audit", new LogGroupProps { Retention = RetentionDays.INFINITE }),
                EncryptionKey = key,
                CreateTrail = true,
                MemorySize = 256,
                Timeout = Duration.Minutes(1),
                Architecture = Architecture.X86_64,
                Runtime = Runtime.NODEJS_22_X,
                ReservedConcurrentExecutions = 5,
                Role = new Role(this, "Function", new RoleProps { AssumedBy = new ServicePrincipal("lambda.amazonaws.com") }),
                Tracing = Tracing.ACTIVE,
                Vpc = vpc,
                VpcSubnets = new SubnetSelection { SubnetType = SubnetType.PRIVATE_ISOLATED },
                SecurityGroups = new[] { new SecurityGroup(this, "Group", new SecurityGroupProps { Vpc = vpc }) },
            });
        }

        private void Caches()
        {
            var caches = new EcrCreationTemplates(this, "Caches", new EcrCreationTemplatesProps
            {
                AllowedPrefixes = new[] { "docker-hub/", "quay/" },
                RepositoryDefaults = new RepositorySettings { ImageTagMutability = TagMutability.IMMUTABLE },
                AppliedFor = new[] { CreationTemplateTrigger.PULL_THROUGH_CACHE, CreationTemplateTrigger.Of("REPLICATION") },
            });
            foreach (var template in caches.Templates)
            {
                template.Description = $"Caches under {template.Prefix}";
            }
        }
    }
}
