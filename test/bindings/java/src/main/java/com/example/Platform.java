package com.example;

import io.github.cdkecrautocreate.CreationTemplateTrigger;
import io.github.cdkecrautocreate.EcrAutoCreate;
import io.github.cdkecrautocreate.EcrAutoCreateAlarmOptions;
import io.github.cdkecrautocreate.EcrAutoCreateAlarms;
import io.github.cdkecrautocreate.EcrCreationTemplates;
import io.github.cdkecrautocreate.RepositoryOverride;
import io.github.cdkecrautocreate.RepositorySettings;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.cloudwatch.AlarmRule;
import software.amazon.awscdk.services.cloudwatch.CompositeAlarm;
import software.amazon.awscdk.services.cloudwatch.CreateAlarmOptions;
import software.amazon.awscdk.services.cloudwatch.Dashboard;
import software.amazon.awscdk.services.cloudwatch.GraphWidget;
import software.amazon.awscdk.services.cloudwatch.MetricOptions;
import software.amazon.awscdk.services.cloudwatch.Stats;
import software.amazon.awscdk.services.cloudwatch.actions.SnsAction;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetConfiguration;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.ecr.ImageTagMutabilityExclusionFilter;
import software.amazon.awscdk.services.ecr.LifecycleRule;
import software.amazon.awscdk.services.ecr.RepositoryEncryption;
import software.amazon.awscdk.services.ecr.TagMutability;
import software.amazon.awscdk.services.ecr.TagStatus;
import software.amazon.awscdk.services.events.OnEventOptions;
import software.amazon.awscdk.services.events.targets.SnsTopic;
import software.amazon.awscdk.services.iam.AccountPrincipal;
import software.amazon.awscdk.services.iam.AccountRootPrincipal;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.lambda.Architecture;
import software.amazon.awscdk.services.lambda.Runtime;
import software.amazon.awscdk.services.lambda.Tracing;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.amazon.awscdk.services.sns.Topic;
import software.amazon.awscdk.services.sqs.Queue;
import software.constructs.Construct;

/** What a user of the Java package writes: the stack of typescript/app.mts. */
final class Platform extends Stack {
  private final Key key = Key.Builder.create(this, "Key").enableKeyRotation(true).build();
  private final Topic topic = new Topic(this, "Topic");

  Platform(final Construct scope, final String id) {
    super(scope, id);
    EcrAutoCreate both = bothEngines();
    use(both);
    monitor(both);
    eventsOnly();
    caches();
    new EcrAutoCreate(this, "Plain");
  }

  /** Events and creation templates, with every setting of repositories. */
  private EcrAutoCreate bothEngines() {
    RepositorySettings sandbox = RepositorySettings.builder()
        .imageTagMutability(TagMutability.MUTABLE)
        .encryption(RepositoryEncryption.AES_256)
        // Nothing instead of the defaults.
        .lifecycleRules(List.of())
        .repositoryPolicy(new PolicyDocument())
        .tags(Map.of("team", "sandbox"))
        .build();
    RepositorySettings archive = RepositorySettings.builder()
        .lifecyclePolicyText("""
            {
              "rules": [{
                "rulePriority": 1,
                "selection": { "tagStatus": "any", "countType": "sinceImagePulled", "countUnit": "days", "countNumber": 90 },
                "action": { "type": "transition", "targetStorageClass": "archive" }
              }]
            }
            """)
        .build();
    return EcrAutoCreate.Builder.create(this, "Both")
        .allowedPrefixes(List.of("backend/", "frontend/"))
        .repositoryDefaults(defaults())
        .repositoryOverrides(List.of(
            RepositoryOverride.builder().prefix("backend/sandbox/").settings(sandbox).build(),
            RepositoryOverride.builder().prefix("frontend/archive/").settings(archive).build()))
        .creationTemplates(true)
        .removalPolicy(RemovalPolicy.DESTROY)
        .logRetention(RetentionDays.TWO_YEARS)
        .redrive(false)
        .build();
  }

  private RepositorySettings defaults() {
    PolicyStatement pull = PolicyStatement.Builder.create()
        .sid("Pull")
        .principals(List.of(new AccountPrincipal("444455556666")))
        .actions(List.of("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"))
        .build();
    return RepositorySettings.builder()
        .imageTagMutability(TagMutability.IMMUTABLE_WITH_EXCLUSION)
        .imageTagMutabilityExclusionFilters(List.of(
            ImageTagMutabilityExclusionFilter.wildcard("latest"),
            ImageTagMutabilityExclusionFilter.wildcard("dev-*")))
        .imageScanOnPush(true)
        .encryption(RepositoryEncryption.KMS)
        .encryptionKey(key)
        .lifecycleRules(List.of(
            LifecycleRule.builder()
                .rulePriority(1).description("what no tag names").tagStatus(TagStatus.UNTAGGED).maxImageAge(Duration.days(14)).build(),
            LifecycleRule.builder()
                .rulePriority(2).tagStatus(TagStatus.TAGGED).tagPrefixList(List.of("v")).maxImageCount(50).build()))
        .repositoryPolicy(PolicyDocument.Builder.create().statements(List.of(pull)).build())
        .tags(Map.of("cost-center", "4711", "team", "platform"))
        .build();
  }

  private void use(final EcrAutoCreate both) {
    Role ci = Role.Builder.create(this, "Ci").assumedBy(new AccountRootPrincipal()).build();
    both.grantPush(ci).assertSuccess();
    both.grantPull(ci).assertSuccess();
    both.onRepositoryCreated("Created", OnEventOptions.builder()
        .description("New repositories")
        .target(new SnsTopic(topic))
        .build());
    Objects.requireNonNull(both.getCreationTemplates()).getRole().grantPassRole(ci);
    both.getHandler().addEnvironment("NOTE", "log group " + both.getLogGroup().getLogGroupName());
    key.grantDecrypt(both);
  }

  private void monitor(final EcrAutoCreate both) {
    EcrAutoCreateAlarms alarms = both.addAlarms("Alarms", EcrAutoCreateAlarmOptions.builder()
        .alarmActions(List.of(new SnsAction(topic)))
        .okActions(List.of(new SnsAction(topic)))
        .failureThreshold(3)
        .throttleThreshold(10)
        .eventAgeThreshold(Duration.minutes(10))
        .build());
    CompositeAlarm.Builder.create(this, "Unhealthy")
        .alarmRule(AlarmRule.anyOf(alarms.getDeadLetters(), alarms.getFailures(), alarms.getThrottles(), alarms.getOldestEvent()))
        .build();
    both.metricRejected(MetricOptions.builder().period(Duration.minutes(15)).build())
        .createAlarm(this, "Rejections", CreateAlarmOptions.builder().threshold(5).evaluationPeriods(1).build());

    Dashboard dashboard = new Dashboard(this, "Dashboard");
    both.addDashboardWidgets(dashboard);
    dashboard.addWidgets(GraphWidget.Builder.create()
        .left(List.of(
            both.metricCreated(),
            both.metricFailed(MetricOptions.builder().label("failures").build()),
            both.metricDeadLetters()))
        .right(List.of(both.metricTimeToCreate(MetricOptions.builder().statistic(Stats.percentile(99)).build())))
        .build());
  }

  /** All other props, and settings of so many names that the function reads them from files. */
  private void eventsOnly() {
    Vpc vpc = Vpc.Builder.create(this, "Vpc")
        .maxAzs(1)
        .natGateways(0)
        .subnetConfiguration(List.of(
            SubnetConfiguration.builder().name("functions").subnetType(SubnetType.PRIVATE_ISOLATED).build()))
        .build();
    List<RepositoryOverride> teams = IntStream.range(0, 12).mapToObj(index -> RepositoryOverride.builder()
        .prefix("team-%d/".formatted(index))
        .settings(RepositorySettings.builder()
            .tags(Map.of("team", String.valueOf(index)))
            .lifecycleRules(List.of(LifecycleRule.builder().description("x".repeat(1_000)).maxImageCount(index + 1).build()))
            .build())
        .build()).toList();
    EcrAutoCreate.Builder.create(this, "Events")
        .allowedPrefixes(List.of("team-"))
        .deniedPrefixes(List.of("team-legacy/"))
        .allowedPrincipals(List.of("arn:aws:iam::111122223333:role/ci/*"))
        .creatorTagKey("created-for")
        .repositoryDefaults(RepositorySettings.builder().encryption(RepositoryEncryption.KMS_DSSE).build())
        .repositoryOverrides(teams)
        .retryAttempts(1)
        .maxEventAge(Duration.minutes(30))
        .deadLetterQueue(Queue.Builder.create(this, "Failed").visibilityTimeout(Duration.minutes(10)).build())
        .redrive(true)
        .logGroup(LogGroup.Builder.create(this, "Audit").retention(RetentionDays.INFINITE).build())
        .encryptionKey(key)
        .createTrail(true)
        .memorySize(256)
        .timeout(Duration.minutes(1))
        .architecture(Architecture.X86_64)
        .runtime(Runtime.NODEJS_22_X)
        .reservedConcurrentExecutions(5)
        .role(Role.Builder.create(this, "Function").assumedBy(new ServicePrincipal("lambda.amazonaws.com")).build())
        .tracing(Tracing.ACTIVE)
        .vpc(vpc)
        .vpcSubnets(SubnetSelection.builder().subnetType(SubnetType.PRIVATE_ISOLATED).build())
        .securityGroups(List.of(SecurityGroup.Builder.create(this, "Group").vpc(vpc).build()))
        .build();
  }

  private void caches() {
    EcrCreationTemplates caches = EcrCreationTemplates.Builder.create(this, "Caches")
        .allowedPrefixes(List.of("docker-hub/", "quay/"))
        .repositoryDefaults(RepositorySettings.builder().imageTagMutability(TagMutability.IMMUTABLE).build())
        .appliedFor(List.of(CreationTemplateTrigger.PULL_THROUGH_CACHE, CreationTemplateTrigger.of("REPLICATION")))
        .build();
    caches.getTemplates().forEach(template -> template.setDescription("Caches under " + template.getPrefix()));
  }
}
