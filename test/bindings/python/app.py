"""What a user of the Python package writes: the stack of typescript/app.mts."""
import json

from aws_cdk import (
    App, Duration, RemovalPolicy, Stack, aws_cloudwatch as cloudwatch, aws_cloudwatch_actions as actions, aws_ec2 as ec2, aws_ecr as ecr,
    aws_events_targets as targets, aws_iam as iam, aws_kms as kms, aws_lambda as lambda_, aws_logs as logs, aws_sns as sns, aws_sqs as sqs,
)
from cdk_ecr_auto_create import (
    CreationTemplateTrigger, EcrAutoCreate, EcrCreationTemplates, RepositoryOverride, RepositorySettings,
)
from constructs import Construct


class Platform(Stack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.key = kms.Key(self, "Key", enable_key_rotation=True)
        self.topic = sns.Topic(self, "Topic")
        both = self.both_engines()
        self.use(both)
        self.monitor(both)
        self.events_only()
        self.caches()
        EcrAutoCreate(self, "Plain")

    def both_engines(self) -> EcrAutoCreate:
        """Events and creation templates, with every setting of repositories."""
        archive = {
            "rules": [{
                "rulePriority": 1,
                "selection": {"tagStatus": "any", "countType": "sinceImagePulled", "countUnit": "days", "countNumber": 90},
                "action": {"type": "transition", "targetStorageClass": "archive"},
            }],
        }
        return EcrAutoCreate(
            self, "Both",
            allowed_prefixes=["backend/", "frontend/"],
            repository_defaults=self.defaults(),
            repository_overrides=[
                RepositoryOverride(
                    prefix="backend/sandbox/",
                    settings=RepositorySettings(
                        image_tag_mutability=ecr.TagMutability.MUTABLE,
                        encryption=ecr.RepositoryEncryption.AES_256,
                        # Nothing instead of the defaults.
                        lifecycle_rules=[],
                        repository_policy=iam.PolicyDocument(),
                        tags={"team": "sandbox"},
                    ),
                ),
                RepositoryOverride(
                    prefix="frontend/archive/",
                    settings=RepositorySettings(lifecycle_policy_text=json.dumps(archive)),
                ),
            ],
            creation_templates=True,
            removal_policy=RemovalPolicy.DESTROY,
            log_retention=logs.RetentionDays.TWO_YEARS,
            redrive=False,
        )

    def defaults(self) -> RepositorySettings:
        return RepositorySettings(
            image_tag_mutability=ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
            image_tag_mutability_exclusion_filters=[
                ecr.ImageTagMutabilityExclusionFilter.wildcard("latest"),
                ecr.ImageTagMutabilityExclusionFilter.wildcard("dev-*"),
            ],
            image_scan_on_push=True,
            encryption=ecr.RepositoryEncryption.KMS,
            encryption_key=self.key,
            lifecycle_rules=[
                ecr.LifecycleRule(
                    rule_priority=1, description="what no tag names", tag_status=ecr.TagStatus.UNTAGGED, max_image_age=Duration.days(14),
                ),
                ecr.LifecycleRule(rule_priority=2, tag_status=ecr.TagStatus.TAGGED, tag_prefix_list=["v"], max_image_count=50),
            ],
            repository_policy=iam.PolicyDocument(statements=[
                iam.PolicyStatement(
                    sid="Pull",
                    principals=[iam.AccountPrincipal("444455556666")],
                    actions=["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                ),
            ]),
            tags={"team": "platform", "cost-center": "4711"},
        )

    def use(self, both: EcrAutoCreate) -> None:
        ci = iam.Role(self, "Ci", assumed_by=iam.AccountRootPrincipal())
        both.grant_push(ci).assert_success()
        both.grant_pull(ci).assert_success()
        both.on_repository_created("Created", description="New repositories", target=targets.SnsTopic(self.topic))
        if both.creation_templates is not None:
            both.creation_templates.role.grant_pass_role(ci)
        both.handler.add_environment("NOTE", f"log group {both.log_group.log_group_name}")
        self.key.grant_decrypt(both)

    def monitor(self, both: EcrAutoCreate) -> None:
        alarms = both.add_alarms(
            "Alarms",
            alarm_actions=[actions.SnsAction(self.topic)],
            ok_actions=[actions.SnsAction(self.topic)],
            failure_threshold=3,
            throttle_threshold=10,
            event_age_threshold=Duration.minutes(10),
        )
        cloudwatch.CompositeAlarm(
            self, "Unhealthy",
            alarm_rule=cloudwatch.AlarmRule.any_of(alarms.dead_letters, alarms.failures, alarms.throttles, alarms.oldest_event),
        )
        both.metric_rejected(period=Duration.minutes(15)).create_alarm(self, "Rejections", threshold=5, evaluation_periods=1)

        dashboard = cloudwatch.Dashboard(self, "Dashboard")
        both.add_dashboard_widgets(dashboard)
        dashboard.add_widgets(cloudwatch.GraphWidget(
            left=[both.metric_created(), both.metric_failed(label="failures"), both.metric_dead_letters()],
            right=[both.metric_time_to_create(statistic=cloudwatch.Stats.percentile(99))],
        ))

    def events_only(self) -> None:
        """All other props, and settings of so many names that the function reads them from files."""
        vpc = ec2.Vpc(
            self, "Vpc",
            max_azs=1,
            nat_gateways=0,
            subnet_configuration=[ec2.SubnetConfiguration(name="functions", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)],
        )
        EcrAutoCreate(
            self, "Events",
            allowed_prefixes=["team-"],
            denied_prefixes=["team-legacy/"],
            allowed_principals=["arn:aws:iam::111122223333:role/ci/*"],
            creator_tag_key="created-for",
            repository_defaults=RepositorySettings(encryption=ecr.RepositoryEncryption.KMS_DSSE),
            repository_overrides=[
                RepositoryOverride(
                    prefix=f"team-{index}/",
                    settings=RepositorySettings(
                        tags={"team": str(index)},
                        lifecycle_rules=[ecr.LifecycleRule(description="x" * 1_000, max_image_count=index + 1)],
                    ),
                )
                for index in range(12)
            ],
            retry_attempts=1,
            max_event_age=Duration.minutes(30),
            dead_letter_queue=sqs.Queue(self, "Failed", visibility_timeout=Duration.minutes(10)),
            redrive=True,
            log_group=logs.LogGroup(self, "Audit", retention=logs.RetentionDays.INFINITE),
            encryption_key=self.key,
            create_trail=True,
            memory_size=256,
            timeout=Duration.minutes(1),
            architecture=lambda_.Architecture.X86_64,
            runtime=lambda_.Runtime.NODEJS_22_X,
            reserved_concurrent_executions=5,
            role=iam.Role(self, "Function", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")),
            tracing=lambda_.Tracing.ACTIVE,
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            security_groups=[ec2.SecurityGroup(self, "Group", vpc=vpc)],
        )

    def caches(self) -> None:
        caches = EcrCreationTemplates(
            self, "Caches",
            allowed_prefixes=["docker-hub/", "quay/"],
            repository_defaults=RepositorySettings(image_tag_mutability=ecr.TagMutability.IMMUTABLE),
            applied_for=[CreationTemplateTrigger.PULL_THROUGH_CACHE, CreationTemplateTrigger.of("REPLICATION")],
        )
        for template in caches.templates:
            template.description = f"Caches under {template.prefix}"


def bad_input() -> dict:
    """The messages of wrong props, by name."""
    cases = {
        "allowedPrefixes": {"allowed_prefixes": ["backend/", "Frontend/"]},
        "retryAttempts": {"retry_attempts": 3},
        "tags": {"repository_defaults": RepositorySettings(tags={"created-by": "me"})},
    }
    messages = {}
    for name, props in cases.items():
        try:
            EcrAutoCreate(Stack(), "Bad", **props)
        except Exception as error:
            messages[name] = str(error)
    return messages


app = App()
Platform(app, "Platform")
app.synth()
print(json.dumps(bad_input()))
