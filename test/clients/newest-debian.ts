import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aside } from '../judges/aside';
import { debianMirror } from '../judges/debian';
import { requireCommand } from '../local-aws/command';

/** In milliseconds. */
const TIME_LIMIT = 10 * 60_000;

const SUITE = 'sid';
/** Whom a script of a package would have added. */
const USERS = 'root:x:0:0:root:/root:/bin/sh\n';

const PACKAGES = ['base-files', 'docker.io', 'docker-cli', 'podman', 'buildah', 'skopeo'];

/**
 * A root file system with the clients of the newest Debian, made once.
 *
 * The packages are only unpacked, none of their scripts runs. What is mounted meanwhile is in a namespace of its own.
 */
export async function newestDebian(): Promise<string> {
  const folder = await aside('clients-debian', { suite: SUITE, packages: PACKAGES, users: USERS }, async target => {
    console.error(`unpacking the clients of Debian ${SUITE}`);
    await requireCommand('unshare', [
      '--mount', 'mmdebstrap', '--quiet', '--variant=extract', `--include=${PACKAGES.join(',')}`, '--aptopt=Acquire::Check-Valid-Until "false"',
      SUITE, join(target, 'root'), await debianMirror(),
    ], { timeLimit: TIME_LIMIT });
    writeFileSync(join(target, 'root', 'etc', 'passwd'), USERS);
  });
  return join(folder, 'root');
}
