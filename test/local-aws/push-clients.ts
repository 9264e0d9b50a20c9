import { findDocker, findPodman, findSkopeo } from './command-push-clients';
import { EmbeddedPushClient } from './embedded-push-client';
import type { PushClient, PushClientName } from './push-client';

export type { PushClient, PushClientName, PushReference, PushResult } from './push-client';

/** The best known client first. */
const EXTERNAL: ReadonlyMap<string, () => Promise<PushClient>> = new Map<PushClientName, () => Promise<PushClient>>([
  ['docker', findDocker],
  ['podman', findPodman],
  ['skopeo', findSkopeo],
]);

/**
 * Finds a push client on this machine: Docker, Podman, Skopeo, or the embedded one.
 *
 * `preferred`, or else the environment variable PUSH_CLIENT, names the one to take; it is an error if that cannot work here.
 */
export async function findPushClient(preferred = process.env.PUSH_CLIENT): Promise<PushClient> {
  if (preferred !== undefined && preferred !== '') return findNamed(preferred);
  for (const find of EXTERNAL.values()) {
    const client = await find().catch(() => undefined);
    if (client !== undefined) return client;
  }
  return new EmbeddedPushClient();
}

async function findNamed(name: string): Promise<PushClient> {
  if (name === 'embedded') return new EmbeddedPushClient();
  const find = EXTERNAL.get(name);
  if (find === undefined) throw new Error(`push client must be one of ${[...EXTERNAL.keys(), 'embedded'].join(', ')}, got ${name}`);
  try {
    return await find();
  } catch (error) {
    throw new Error(`push client ${name} is not at hand: ${error instanceof Error ? error.message : String(error)}`);
  }
}
