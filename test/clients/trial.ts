import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageKind, Recipe, Variables, Way } from './client';
import type { ImageFiles } from './images';
import { problemsOfImage } from './pushed-image';
import { withPush } from './readme-loop';
import { UploadLog } from './upload-log';
import { problemsOfCreation, problemsOfEvents } from './ways';
import type { Workplace } from './workplace';
import { objectOf } from '../local-aws/json';
import { LocalAws } from '../local-aws/local-aws';

const REPOSITORY = 'backend/payments';
const SOURCE = 'backend/source';
const TAG = '1';

/** In milliseconds. The loop takes some seconds. */
const TIME_LIMIT = 180_000;

/** Both shells that continuous integration commonly has. */
const SHELLS: Readonly<Record<ImageKind, string>> = { layers: 'sh', mounted: 'bash', index: 'sh' };

/** How a push went. */
export interface Outcome {
  /** Whether the repository was created once, by whom and as it should be. */
  readonly created: boolean;
  /** Whether the image is in it, after as many pushes as the way needs. */
  readonly pushed: boolean;
  readonly pushes: number;
  /** The failed calls of the repository that CloudTrail tells of, by name. */
  readonly failedCalls: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
}

/** What a push of one client is tried with. */
export interface TrialSetting {
  readonly workplace: Workplace;
  readonly files: ImageFiles;
  /** The cloud assembly of the way's app. */
  readonly assembly: string;
  /** The README's loop. */
  readonly loop: string;
}

/** Pushes to a missing repository, and looks at all that came of it. */
export async function tryPush({ assembly, files, loop, workplace }: TrialSetting, way: Way, kind: ImageKind, recipe: Recipe): Promise<Outcome> {
  const aws = await LocalAws.deploy(assembly);
  const log = new UploadLog(aws.registryHost, REPOSITORY);
  try {
    aws.ecr.call('CreateRepository', { repositoryName: SOURCE }, `arn:aws:iam::${aws.ecr.env.account}:user/admin`);
    const variables: Variables = { ...files, IMAGE: `${aws.registryHost}/${REPOSITORY}:${TAG}`, SOURCE: `${aws.registryHost}/${SOURCE}:${TAG}` };
    if (recipe.prepare !== undefined) await workplace.require(['sh', '-ec', recipe.prepare], variables);
    const script = way === 'events' ? withPush(loop, recipe.push) : recipe.push;
    const { exitCode, output, pauses } = await runScript(workplace, SHELLS[kind], script, variables);
    await aws.idle();

    const failedCalls = failedCallsOf(aws);
    const repository = aws.ecr.repositories.get(REPOSITORY);
    const creation = [...problemsOfCreation(aws, way, REPOSITORY, [SOURCE]), ...problemsOfEvents(aws)];
    const push = repository === undefined ? ['there is no repository'] : problemsOfImage(repository, TAG, kind, log);
    if (exitCode !== 0) push.push(`exit code ${exitCode}: ${output.trim().slice(-2_000)}`);
    if (way === 'events' && pauses === 0) push.push('the first push did not fail');
    if (way === 'events' && kind === 'mounted' && log.refusedMounts.length === 0) push.push('the client did not ask to mount');
    if (way === 'events' && failedCalls.size === 0) creation.push('no failed call was recorded');
    if (way === 'templates' && failedCalls.size > 0) push.push(`refused: ${[...failedCalls.keys()].join(', ')}`);
    return { created: creation.length === 0, pushed: push.length === 0, pushes: pauses + 1, failedCalls, problems: [...creation, ...push] };
  } finally {
    log.close();
    await aws.close();
  }
}

/** @returns how it ended, and how often it paused: once after each push that failed */
async function runScript(workplace: Workplace, shell: string, script: string, variables: Variables) {
  const pauses = join(workplace.directory, 'pauses');
  writeFileSync(pauses, '');
  try {
    const { exitCode, output } = await workplace.run([shell, '-c', script], { ...variables, PAUSES: pauses }, { timeLimit: TIME_LIMIT });
    return { exitCode, output, pauses: readFileSync(pauses, 'utf8').split('\n').length - 1 };
  } finally {
    rmSync(pauses);
  }
}

/** Puts a `sleep` before the system's that notes the call, and sleeps a fifth of what it is asked for: events take no time here. */
export function shortenPauses(workplace: Workplace): void {
  workplace.addProgram('sleep', 'echo "$1" >> "$PAUSES"\nexec /bin/sleep "$(awk "BEGIN { print $1 / 5 }")"');
}

function failedCallsOf(aws: LocalAws): Map<string, number> {
  const calls = new Map<string, number>();
  for (const { details, source } of aws.timeline) {
    if (source !== 'cloudtrail') continue;
    const { errorCode, eventName, requestParameters } = objectOf(objectOf(details.event).detail);
    if (errorCode !== 'RepositoryNotFoundException' || objectOf(requestParameters).repositoryName !== REPOSITORY) continue;
    calls.set(String(eventName), (calls.get(String(eventName)) ?? 0) + 1);
  }
  return calls;
}
