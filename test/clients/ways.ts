import { isDeepStrictEqual } from 'node:util';
import type { Way } from './client';
import { DEMO_PROPS, synthesizeApp } from '../local-aws/demo-app';
import type { EcrRepository } from '../local-aws/ecr';
import type { LocalAws } from '../local-aws/local-aws';

/** Synthesizes the app of each way. @returns the directories of the cloud assemblies */
export function synthesizeWays(): Readonly<Record<Way, string>> {
  const { repositoryDefaults } = DEMO_PROPS;
  return {
    events: synthesizeApp(DEMO_PROPS),
    // ECR's templates cannot scan on push.
    templates: synthesizeApp({ ...DEMO_PROPS, creationTemplates: true, repositoryDefaults: { ...repositoryDefaults, imageScanOnPush: false } }),
  };
}

/** The constructs of the apps that own what they create, by stack and path. */
const OWNERS: Readonly<Record<Way, string>> = {
  events: 'Platform/PlatformEcrAutoCreate4E50C63D',
  templates: 'Platform/PlatformEcrAutoCreateCreationTemplatesBA1CA4FF',
};

/** The settings that the apps say. */
function wantedSettings(way: Way): unknown {
  return {
    tags: { 'created-by': 'cdk-ecr-auto-create', 'cdk-ecr-auto-create:owner': OWNERS[way], 'team': 'platform' },
    imageTagMutability: 'IMMUTABLE',
    scanOnPush: way === 'events',
    encryptionType: 'AES256',
    lifecycleRules: [{
      rulePriority: 1, selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 20 }, action: { type: 'expire' },
    }],
    policyStatements: [{
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::210987654321:root' },
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    }],
  };
}

function settingsOf({ encryptionConfiguration, lifecyclePolicyText, repositoryPolicyText, ...repository }: EcrRepository): unknown {
  return {
    tags: repository.tags,
    imageTagMutability: repository.imageTagMutability,
    scanOnPush: repository.scanOnPush,
    encryptionType: encryptionConfiguration.encryptionType,
    lifecycleRules: JSON.parse(lifecyclePolicyText ?? '{}').rules,
    policyStatements: JSON.parse(repositoryPolicyText ?? '{}').Statement,
  };
}

/** @returns what is wrong with how a repository was created, or with what else is there */
export function problemsOfCreation(aws: LocalAws, way: Way, name: string, others: readonly string[]): string[] {
  const problems: string[] = [];
  const names = [...aws.ecr.repositories.keys()].filter(each => !others.includes(each));
  if (names.join() !== name) problems.push(`the created repositories are: ${names.join(', ') || 'none'}`);

  const creations = aws.ecr.calls.filter(({ action, error, input }) =>
    action === 'CreateRepository' && error === undefined && (input as { repositoryName: string }).repositoryName === name);
  if (creations.length !== 1) problems.push(`it was created ${creations.length} times`);
  const functions = aws.functions.map(({ session }) => session.callerArn);
  const isByTemplate = aws.timeline.some(({ details: { refusal, repositoryName, template } }) =>
    template !== undefined && refusal === undefined && repositoryName === name);
  const creators = creations.map(({ caller }) => functions.includes(caller) ? 'events' : isByTemplate ? 'templates' : caller);
  if (creators.some(creator => creator !== way)) problems.push(`it was created by ${creators.join(', ')}`);

  const repository = aws.ecr.repositories.get(name);
  if (repository !== undefined) {
    const [settings, wanted] = [settingsOf(repository), wantedSettings(way)];
    if (!isDeepStrictEqual(settings, wanted)) problems.push(`its settings are ${JSON.stringify(settings)} and should be ${JSON.stringify(wanted)}`);
  }
  return problems;
}

/** @returns what went wrong on the way from an event to its end */
export function problemsOfEvents(aws: LocalAws): string[] {
  const deadLetters = aws.queues.flatMap(({ messages }) => messages);
  const failures = aws.functions.flatMap(({ invocations }) => invocations)
    .flatMap(({ failure }) => failure === undefined ? [] : [failure.errorMessage]);
  return [
    ...aws.lost.map(({ reason }) => `an event is lost: ${reason}`),
    ...deadLetters.map(({ body }) => `a dead letter: ${body}`),
    ...failures.map(message => `the function failed: ${message}`),
  ];
}
