package main

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecr"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-ecr-auto-create/cdk-ecr-auto-create-go/ecrautocreate"
)

const archive = `{
  "rules": [{
    "rulePriority": 1,
    "selection": { "tagStatus": "any", "countType": "sinceImagePulled", "countUnit": "days", "countNumber": 90 },
    "action": { "type": "transition", "targetStorageClass": "archive" }
  }]
}`

type platform struct {
	awscdk.Stack
	key   awskms.Key
	topic awssns.Topic
}

func newPlatform(scope constructs.Construct, id string) {
	stack := awscdk.NewStack(scope, &id, nil)
	p := platform{
		Stack: stack,
		key:   awskms.NewKey(stack, jsii.String("Key"), &awskms.KeyProps{EnableKeyRotation: jsii.Bool(true)}),
		topic: awssns.NewTopic(stack, jsii.String("Topic"), nil),
	}
	both := p.bothEngines()
	p.use(both)
	p.monitor(both)
	p.eventsOnly()
	p.caches()
	ecrautocreate.NewEcrAutoCreate(stack, jsii.String("Plain"), nil)
}

// bothEngines defines events and creation templates, with every setting of repositories.
func (p platform) bothEngines() ecrautocreate.EcrAutoCreate {
	return ecrautocreate.NewEcrAutoCreate(p.Stack, jsii.String("Both"), &ecrautocreate.EcrAutoCreateProps{
		AllowedPrefixes:    jsii.Strings("backend/", "frontend/"),
		RepositoryDefaults: p.defaults(),
		RepositoryOverrides: &[]*ecrautocreate.RepositoryOverride{
			{
				Prefix: jsii.String("backend/sandbox/"),
				Settings: &ecrautocreate.RepositorySettings{
					ImageTagMutability: awsecr.TagMutability_MUTABLE,
					Encryption:         awsecr.RepositoryEncryption_AES_256(),
					// Nothing instead of the defaults.
					LifecycleRules:   &[]*awsecr.LifecycleRule{},
					RepositoryPolicy: awsiam.NewPolicyDocument(nil),
					Tags:             &map[string]*string{"team": jsii.String("sandbox")},
				},
			},
			{
				Prefix:   jsii.String("frontend/archive/"),
				Settings: &ecrautocreate.RepositorySettings{LifecyclePolicyText: jsii.String(archive)},
			},
		},
		CreationTemplates: jsii.Bool(true),
		RemovalPolicy:     awscdk.RemovalPolicy_DESTROY,
		LogRetention:      awslogs.RetentionDays_TWO_YEARS,
		Redrive:           jsii.Bool(false),
	})
}

func (p platform) defaults() *ecrautocreate.RepositorySettings {
	return &ecrautocreate.RepositorySettings{
		ImageTagMutability: awsecr.TagMutability_IMMUTABLE_WITH_EXCLUSION,
		ImageTagMutabilityExclusionFilters: &[]awsecr.ImageTagMutabilityExclusionFilter{
			awsecr.ImageTagMutabilityExclusionFilter_Wildcard(jsii.String("latest")),
			awsecr.ImageTagMutabilityExclusionFilter_Wildcard(jsii.String("dev-*")),
		},
		ImageScanOnPush: jsii.Bool(true),
		Encryption:      awsecr.RepositoryEncryption_KMS(),
		EncryptionKey:   p.key,
		LifecycleRules: &[]*awsecr.LifecycleRule{
			{
				RulePriority: jsii.Number(1),
				Description:  jsii.String("what no tag names"),
				TagStatus:    awsecr.TagStatus_UNTAGGED,
				MaxImageAge:  awscdk.Duration_Days(jsii.Number(14)),
			},
			{
				RulePriority:  jsii.Number(2),
				TagStatus:     awsecr.TagStatus_TAGGED,
				TagPrefixList: jsii.Strings("v"),
				MaxImageCount: jsii.Number(50),
			},
		},
		RepositoryPolicy: awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{
			Statements: &[]awsiam.PolicyStatement{
				awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
					Sid:        jsii.String("Pull"),
					Principals: &[]awsiam.IPrincipal{awsiam.NewAccountPrincipal("444455556666")},
					Actions:    jsii.Strings("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
				}),
			},
		}),
		Tags: &map[string]*string{"cost-center": jsii.String("4711"), "team": jsii.String("platform")},
	}
}

func (p platform) use(both ecrautocreate.EcrAutoCreate) {
	ci := awsiam.NewRole(p.Stack, jsii.String("Ci"), &awsiam.RoleProps{AssumedBy: awsiam.NewAccountRootPrincipal()})
	both.GrantPush(ci).AssertSuccess()
	both.GrantPull(ci).AssertSuccess()
	both.OnRepositoryCreated(jsii.String("Created"), &awsevents.OnEventOptions{
		Description: jsii.String("New repositories"),
		Target:      awseventstargets.NewSnsTopic(p.topic, nil),
	})
	if templates := both.CreationTemplates(); templates != nil {
		templates.Role().GrantPassRole(ci)
	}
	both.Handler().AddEnvironment(jsii.String("NOTE"), jsii.String("log group "+*both.LogGroup().LogGroupName()), nil)
	p.key.GrantDecrypt(both)
}

func (p platform) monitor(both ecrautocreate.EcrAutoCreate) {
	alarms := both.AddAlarms(jsii.String("Alarms"), &ecrautocreate.EcrAutoCreateAlarmOptions{
		AlarmActions:      &[]awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(p.topic)},
		OkActions:         &[]awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(p.topic)},
		FailureThreshold:  jsii.Number(3),
		ThrottleThreshold: jsii.Number(10),
		EventAgeThreshold: awscdk.Duration_Minutes(jsii.Number(10)),
	})
	awscloudwatch.NewCompositeAlarm(p.Stack, jsii.String("Unhealthy"), &awscloudwatch.CompositeAlarmProps{
		AlarmRule: awscloudwatch.AlarmRule_AnyOf(alarms.DeadLetters, alarms.Failures, alarms.Throttles, alarms.OldestEvent),
	})
	both.MetricRejected(&awscloudwatch.MetricOptions{Period: awscdk.Duration_Minutes(jsii.Number(15))}).
		CreateAlarm(p.Stack, jsii.String("Rejections"), &awscloudwatch.CreateAlarmOptions{
			Threshold:         jsii.Number(5),
			EvaluationPeriods: jsii.Number(1),
		})

	dashboard := awscloudwatch.NewDashboard(p.Stack, jsii.String("Dashboard"), nil)
	both.AddDashboardWidgets(dashboard)
	dashboard.AddWidgets(awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{
		Left: &[]awscloudwatch.IMetric{
			both.MetricCreated(nil),
			both.MetricFailed(&awscloudwatch.MetricOptions{Label: jsii.String("failures")}),
			both.MetricDeadLetters(nil),
		},
		Right: &[]awscloudwatch.IMetric{
			both.MetricTimeToCreate(&awscloudwatch.MetricOptions{Statistic: awscloudwatch.Stats_Percentile(jsii.Number(99))}),
		},
	}))
}

// eventsOnly defines all other props, and settings of so many names that the function reads them from files.
func (p platform) eventsOnly() {
	vpc := awsec2.NewVpc(p.Stack, jsii.String("Vpc"), &awsec2.VpcProps{
		MaxAzs:      jsii.Number(1),
		NatGateways: jsii.Number(0),
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			{Name: jsii.String("functions"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
		},
	})
	overrides := make([]*ecrautocreate.RepositoryOverride, 12)
	for index := range overrides {
		overrides[index] = &ecrautocreate.RepositoryOverride{
			Prefix: jsii.Sprintf("team-%d/", index),
			Settings: &ecrautocreate.RepositorySettings{
				Tags: &map[string]*string{"team": jsii.String(fmt.Sprint(index))},
				LifecycleRules: &[]*awsecr.LifecycleRule{
					{Description: jsii.String(strings.Repeat("x", 1_000)), MaxImageCount: jsii.Number(index + 1)},
				},
			},
		}
	}
	ecrautocreate.NewEcrAutoCreate(p.Stack, jsii.String("Events"), &ecrautocreate.EcrAutoCreateProps{
		AllowedPrefixes:     jsii.Strings("team-"),
		DeniedPrefixes:      jsii.Strings("team-legacy/"),
		AllowedPrincipals:   jsii.Strings("arn:aws:iam::111122223333:role/ci/*"),
		CreatorTagKey:       jsii.String("created-for"),
		RepositoryDefaults:  &ecrautocreate.RepositorySettings{Encryption: awsecr.RepositoryEncryption_KMS_DSSE()},
		RepositoryOverrides: &overrides,
		RetryAttempts:       jsii.Number(1),
		MaxEventAge:         awscdk.Duration_Minutes(jsii.Number(30)),
		DeadLetterQueue: awssqs.NewQueue(p.Stack, jsii.String("Failed"), &awssqs.QueueProps{
			VisibilityTimeout: awscdk.Duration_Minutes(jsii.Number(10)),
		}),
		Redrive: jsii.Bool(true),
		LogGroup: awslogs.NewLogGroup(p.Stack, jsii.String("Audit"), &awslogs.LogGroupProps{
			Retention: awslogs.RetentionDays_INFINITE,
		}),
		EncryptionKey:                p.key,
		CreateTrail:                  jsii.Bool(true),
		MemorySize:                   jsii.Number(256),
		Timeout:                      awscdk.Duration_Minutes(jsii.Number(1)),
		Architecture:                 awslambda.Architecture_X86_64(),
		Runtime:                      awslambda.Runtime_NODEJS_22_X(),
		ReservedConcurrentExecutions: jsii.Number(5),
		Role: awsiam.NewRole(p.Stack, jsii.String("Function"), &awsiam.RoleProps{
			AssumedBy: awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
		}),
		Tracing:    awslambda.Tracing_ACTIVE,
		Vpc:        vpc,
		VpcSubnets: &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
		SecurityGroups: &[]awsec2.ISecurityGroup{
			awsec2.NewSecurityGroup(p.Stack, jsii.String("Group"), &awsec2.SecurityGroupProps{Vpc: vpc}),
		},
	})
}

func (p platform) caches() {
	caches := ecrautocreate.NewEcrCreationTemplates(p.Stack, jsii.String("Caches"), &ecrautocreate.EcrCreationTemplatesProps{
		AllowedPrefixes:    jsii.Strings("docker-hub/", "quay/"),
		RepositoryDefaults: &ecrautocreate.RepositorySettings{ImageTagMutability: awsecr.TagMutability_IMMUTABLE},
		AppliedFor: &[]ecrautocreate.CreationTemplateTrigger{
			ecrautocreate.CreationTemplateTrigger_PULL_THROUGH_CACHE(),
			ecrautocreate.CreationTemplateTrigger_Of(jsii.String("REPLICATION")),
		},
	})
	for _, template := range *caches.Templates() {
		template.SetDescription(jsii.String("Caches under " + *template.Prefix()))
	}
}
