import type { ClientDefinition } from './client';
import { CLIENTS } from './definitions';
import { newestDebian } from './newest-debian';
import { type Package, requirePackages } from '../judges/debian';

/** What can enclose a program, which the judge cannot do without. */
const ENCLOSING: readonly Package[] = [{ program: 'setpriv', name: 'util-linux' }, { program: 'unshare', name: 'util-linux' }, { program: 'mount', name: 'mount' }];

/** The program that unpacks the newest Debian. */
const UNPACKING: Package = { program: 'mmdebstrap', name: 'mmdebstrap' };

/**
 * Installs what the clients need, except what each installs for itself.
 *
 * @returns the root file system of the newest Debian, if a client comes from there
 */
export async function installClients(clients: readonly ClientDefinition[] = CLIENTS): Promise<string | undefined> {
  if (process.getuid?.() !== 0) throw new Error('the clients need root: for daemons, mounts and packages of their own');
  const isNewest = clients.some(({ origin }) => origin === 'newest');
  const ownPrograms = clients.filter(({ origin }) => origin === 'machine').flatMap(({ programs }) => programs);
  await requirePackages([...ENCLOSING, ...ownPrograms, ...isNewest ? [UNPACKING] : []]);
  return isNewest ? newestDebian() : undefined;
}
