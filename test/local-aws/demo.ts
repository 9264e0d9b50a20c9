import { rmSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { iamUserIdentity } from './cloudtrail';
import { bothEngines, DEMO_PROPS, synthesizeApp, synthesizeStack } from './demo-app';
import type { EcrRepository } from './ecr';
import { LocalAws, type LocalAwsOptions } from './local-aws';
import { buildOciImage } from './oci-image';
import { findPushClient, type PushClient } from './push-clients';
import { pushUntilAccepted } from './push-loop';

const IMAGE = buildOciImage(3);

/** How long a loop in CI waits before it pushes again, less here, where the events take no time. */
const PAUSE = 1_000;

/** Deploys an app and runs the scene on it, telling of all that happens. */
async function play(title: string, assembly: string, scene: (aws: LocalAws) => Promise<void>, options: LocalAwsOptions = {}): Promise<void> {
  console.log(`\n${title}\n${'='.repeat(title.length)}`);
  const aws = await LocalAws.deploy(assembly, options);
  try {
    aws.onTimeline(({ at, source, text }) => console.log(`${at.toFixed(0).padStart(7)} ms  ${source.padEnd(10)}  ${text}`));
    await scene(aws);
    if (aws.lost.length > 0) throw new Error(`${aws.lost.length} events are lost`);
  } finally {
    await aws.close();
    rmSync(assembly, { recursive: true });
  }
}

function describe(repository: EcrRepository): void {
  const settings = {
    'tags': Object.entries(repository.tags).map(tag => tag.join('=')).join(', '),
    'tag mutability': repository.imageTagMutability,
    'scan on push': repository.scanOnPush,
    'encryption': repository.encryptionConfiguration.encryptionType,
    'lifecycle policy': repository.lifecyclePolicyText ?? 'none',
    'repository policy': repository.repositoryPolicyText ?? 'none',
    'images': [...repository.imageTags.keys()].join(', ') || 'none',
  };
  console.log(`\n  ${repository.name}`);
  for (const [setting, value] of Object.entries(settings)) console.log(`    ${setting.padEnd(18)} ${value}`);
}

function say(text: string): void {
  console.log(`\n${text}\n`);
}

async function createOnRepeatedPush(aws: LocalAws, client: PushClient): Promise<void> {
  const reference = { host: aws.registryHost, repository: 'backend/payments', tag: '1.0' };
  say(`Pushing ${reference.repository}:1.0, which does not exist, until the registry accepts it:`);
  const results = await pushUntilAccepted(client, IMAGE, reference, async ({ milliseconds, exitCode }) => {
    console.log(`            ${client.name.padEnd(12)}exits with ${exitCode} after ${milliseconds.toFixed(0)} ms, and pushes again in ${PAUSE} ms`);
    await setTimeout(PAUSE);
  });
  await aws.idle();
  const repository = aws.ecr.repositories.get(reference.repository);
  if (results[0].ok || !results[results.length - 1].ok || repository === undefined) throw new Error('the repository was not created');
  console.log(`            ${client.name.padEnd(12)}pushed, with push ${results.length}`);
  describe(repository);

  const repositoryCreated = aws.timeline.find(({ source, text }) => source === 'ecr' && text === `CreateRepository ${reference.repository}`);
  const event = aws.timeline.find(({ source }) => source === 'cloudtrail');
  if (repositoryCreated === undefined || event === undefined) throw new Error('the timeline is incomplete');
  console.log(`\n  from event to repository: ${(repositoryCreated.at - event.at).toFixed(0)} ms, with a cold start of the function`);

  say('Pushing another name, now that the function is warm:');
  const started = aws.timeline.length;
  await client.push(IMAGE, { ...reference, repository: 'backend/invoices' });
  await aws.idle();
  const later = aws.timeline.slice(started);
  const warmEvent = later.find(({ source }) => source === 'cloudtrail');
  const warmCreated = later.find(({ source, text }) => source === 'ecr' && text === 'CreateRepository backend/invoices');
  if (warmEvent === undefined || warmCreated === undefined) throw new Error('the second repository was not created');
  console.log(`\n  from event to repository: ${(warmCreated.at - warmEvent.at).toFixed(0)} ms, warm`);

  console.log('\n  in the function\'s log:');
  for (const { logs } of aws.functions) {
    for (const { stream, text } of logs) if (stream === 'stdout') console.log(`    ${text}`);
  }
}

async function refuseOtherPrefix(aws: LocalAws, client: PushClient): Promise<void> {
  const repository = 'sandbox/payments';
  const before = [...aws.ecr.repositories.keys()];
  const started = aws.timeline.length;
  say(`Pushing ${repository}:1.0, under none of the allowed prefixes:`);
  const { ok, exitCode } = await client.push(IMAGE, { host: aws.registryHost, repository, tag: '1.0' });
  await aws.idle();
  const invocations = aws.timeline.slice(started).filter(({ source }) => source === 'lambda');
  if (ok || invocations.length > 0 || [...aws.ecr.repositories.keys()].join() !== before.join()) throw new Error('a repository was created that is not allowed');
  console.log(`            ${client.name.padEnd(12)}exits with ${exitCode}; nothing is created, for the rule's pattern has only the allowed prefixes`);

  say('Handing the same event to the function, as if the rule had let it through:');
  const event = [...aws.timeline].reverse().find(({ source }) => source === 'cloudtrail')?.details.event;
  const [handler] = aws.functions;
  await handler.invoke(event);
  const rejection = handler.logs.map(({ text }) => text).find(text => text.includes('NotAllowedPrefix'));
  if (rejection === undefined || aws.ecr.repositories.has(repository)) throw new Error('the function did not refuse the name');
  console.log(`    ${rejection}`);
}

async function createOnFirstPush(aws: LocalAws, client: PushClient): Promise<void> {
  const reference = { host: aws.registryHost, repository: 'backend/payments', tag: '1.0' };
  say(`Pushing ${reference.repository}:1.0, for which a creation template is defined, once:`);
  const { ok, milliseconds } = await client.push(IMAGE, reference);
  await aws.idle();
  const repository = aws.ecr.repositories.get(reference.repository);
  if (!ok || repository === undefined) throw new Error('the first push did not succeed');
  console.log(`            ${client.name.padEnd(12)}pushed, with push 1, in ${milliseconds.toFixed(0)} ms`);
  describe(repository);

  say('Pushing team-a:1.0, which no template can cover, as their prefixes end with a /, until the registry accepts it:');
  const results = await pushUntilAccepted(client, IMAGE, { ...reference, repository: 'team-a' }, () => setTimeout(PAUSE));
  const created = aws.ecr.repositories.get('team-a');
  if (results[0].ok || created === undefined) throw new Error('the event-driven way did not create team-a');
  console.log(`            ${client.name.padEnd(12)}pushed, with push ${results.length}`);
  describe(created);

  await refuse(aws, client, 'team-legacy', 'DeniedPrefix', 'Pushing team-legacy:1.0, whose prefix is denied:');
}

async function refuse(aws: LocalAws, client: PushClient, repository: string, reason: string, introduction: string): Promise<void> {
  say(introduction);
  await client.push(IMAGE, { host: aws.registryHost, repository, tag: '1.0' });
  await aws.idle();
  const rejections = aws.functions.flatMap(({ logs }) => logs.map(({ text }) => text)).filter(text => text.includes(`"reason":"${reason}"`));
  if (rejections.length === 0 || aws.ecr.repositories.has(repository)) throw new Error(`${repository} was not refused`);
  console.log(`    ${rejections[0]}`);
}

async function main(): Promise<void> {
  const client = await findPushClient();
  console.log(`The push client is ${client.name} ${client.version}`);
  try {
    await play('The event-driven way: a push to a missing repository creates it', synthesizeApp(DEMO_PROPS), async aws => {
      await createOnRepeatedPush(aws, client);
      await refuseOtherPrefix(aws, client);
    });
    await play('Both engines: ECR creates on the first push, the events catch the rest', synthesizeStack(bothEngines),
      aws => createOnFirstPush(aws, client));
    await play('A principal that is not allowed', synthesizeStack(bothEngines),
      aws => refuse(aws, client, 'team-a', 'NotAllowedPrincipal', 'Pushing team-a:1.0 as the user jo, when only roles named ci-* may create:'),
      { identities: { anonymous: iamUserIdentity({ partition: 'aws', region: 'eu-central-1', account: '123456789012' }, 'jo') } });
  } finally {
    await client.close();
  }
  say('All of it happened as expected.');
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
