import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type CommandOptions, requireCommand } from '../local-aws/command';

/** In milliseconds. No install takes that long; a mirror that hangs does. */
const INSTALL: CommandOptions = { timeLimit: 10 * 60_000, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };

/** A Debian package, for a program of it. */
export interface Package {
  readonly program: string;
  readonly name: string;
}

/** Installs the packages whose programs are missing, and fails where that cannot be done. */
export async function requirePackages(packages: readonly Package[]): Promise<void> {
  const missing = [...new Set(packages.filter(({ program }) => !isProgram(program)).map(({ name }) => name))];
  if (missing.length === 0) return;
  console.error(`installing ${missing.join(', ')}`);
  await threeTimes(async () => {
    await updateLists();
    await requireCommand('apt-get', ['-o', 'DPkg::Lock::Timeout=300', 'install', '-qq', '--no-install-recommends', ...missing], INSTALL);
  });
  const still = packages.filter(({ program }) => !isProgram(program)).map(({ program }) => program);
  if (still.length > 0) throw new Error(`installed, but not there: ${still.join(', ')}`);
}

/** Where this machine gets Debian from. */
export async function debianMirror(): Promise<string> {
  return threeTimes(async () => {
    await updateLists();
    const targets = await requireCommand('apt-get', ['indextargets', '--format', '$(LABEL) $(REPO_URI)', 'Created-By: Packages', 'Label: Debian']);
    const mirror = /^Debian (\S+)$/m.exec(targets)?.[1];
    if (mirror === undefined) throw new Error(`none of the machine's package sources is Debian's: ${targets}`);
    return mirror;
  });
}

async function updateLists(): Promise<void> {
  await requireCommand('apt-get', ['update', '-qq'], INSTALL);
}

/** A mirror can fail for a moment. */
async function threeTimes<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

function isProgram(name: string): boolean {
  const folders = ['/usr/sbin', '/sbin', ...(process.env.PATH ?? '').split(delimiter)];
  return folders.some(folder => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
