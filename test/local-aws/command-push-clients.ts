import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandResult, runCommand } from './command';
import { buildOciImage, OciImage, writeDockerArchive, writeOciLayout } from './oci-image';
import type { PushClient, PushClientName, PushReference, PushResult } from './push-client';

/** What differs between the programs. */
interface Program {
  readonly name: PushClientName;
  readonly version: string;
  /** Brings the image to where the program pushes from, under the name that it is pushed to. */
  load(image: OciImage, target: string): Promise<CommandResult>;
  push(image: OciImage, target: string): Promise<CommandResult>;
  /** Takes the images out again. */
  unload(targets: readonly string[]): Promise<unknown>;
}

class CommandPushClient implements PushClient {
  readonly name: PushClientName;
  readonly version: string;
  private readonly loaded = new Map<string, { digest: string; load: Promise<CommandResult> }>();

  constructor(private readonly program: Program, private readonly directory: string) {
    this.name = program.name;
    this.version = program.version;
  }

  async push(image: OciImage, { host, repository, tag }: PushReference): Promise<PushResult> {
    const target = `${host}/${repository}:${tag}`;
    const load = await this.load(image, target);
    if (load.exitCode !== 0) this.loaded.delete(target);
    const { exitCode, milliseconds, output } = load.exitCode === 0 ? await this.program.push(image, target) : load;
    return { ok: exitCode === 0, exitCode, output, milliseconds };
  }

  async close(): Promise<void> {
    await this.program.unload([...this.loaded.keys()]);
    await removeDirectory(this.directory);
  }

  /** A push that is repeated finds its image loaded already, as on a user's machine. */
  private async load(image: OciImage, target: string): Promise<CommandResult> {
    const present = this.loaded.get(target);
    if (present?.digest === image.manifest.digest) return present.load;
    // An image that loses its name to another would stay behind without one.
    const cleared = present === undefined ? Promise.resolve() : this.program.unload([target]);
    const load = cleared.then(async () => this.program.load(image, target));
    this.loaded.set(target, { digest: image.manifest.digest, load });
    return load;
  }
}

/** Docker, if an engine answers that runs on this machine: no other reaches this machine's 127.0.0.1. */
export async function findDocker(): Promise<PushClient> {
  const version = await expectOutput('docker', ['version', '--format', '{{.Server.Version}}']);
  const machine = await expectOutput('docker', ['info', '--format', '{{.Name}}']);
  if (machine !== hostname()) throw new Error(`its engine runs on another machine, ${machine}`);
  return inDirectory(async (directory) => ({
    name: 'docker',
    version,
    load: async (image, target) => {
      const archive = await writeArchive(image, target, directory);
      return runCommand('docker', ['load', '--input', archive]);
    },
    push: async (_, target) => runCommand('docker', ['push', target]),
    unload: async (targets) => targets.length > 0 && runCommand('docker', ['image', 'rm', '--force', ...targets]),
  }));
}

/** Podman with a store of its own, if it can unpack an image there. */
export async function findPodman(): Promise<PushClient> {
  const version = versionOf(await expectOutput('podman', ['--version']));
  return inDirectory(async (directory) => {
    const podman = async (...args: string[]) => runCommand(
      'podman',
      ['--root', join(directory, 'root'), '--runroot', join(directory, 'run'), '--tmpdir', join(directory, 'tmp'), '--storage-driver', 'vfs', ...args],
      { env: { ...process.env, TMPDIR: directory } },
    );
    const load = async (image: OciImage, target: string) => podman('load', '--input', await writeArchive(image, target, directory));
    const trial = await load(buildOciImage(1, 'trial'), 'localhost/trial:1');
    if (trial.exitCode !== 0) throw new Error(`it cannot load an image: ${trial.output}`);
    return {
      name: 'podman',
      version,
      load,
      push: async (_, target) => podman('push', '--tls-verify=false', target, `docker://${target}`),
      // Its store goes with the directory.
      unload: async () => undefined,
    };
  });
}

/** Skopeo, which pushes from files and needs no store. */
export async function findSkopeo(): Promise<PushClient> {
  const version = versionOf(await expectOutput('skopeo', ['--version']));
  return inDirectory(async (directory) => {
    const layoutOf = (image: OciImage) => join(directory, image.manifest.digest.replace(':', '-'));
    return {
      name: 'skopeo',
      version,
      load: async (image) => {
        await writeOciLayout(image, layoutOf(image), 'image');
        return { exitCode: 0, stdout: '', output: '', milliseconds: 0 };
      },
      push: async (image, target) => runCommand(
        'skopeo',
        ['copy', '--insecure-policy', '--dest-no-creds', '--dest-tls-verify=false', `oci:${layoutOf(image)}:image`, `docker://${target}`],
      ),
      unload: async () => undefined,
    };
  });
}

async function inDirectory(prepare: (directory: string) => Promise<Program>): Promise<PushClient> {
  const directory = await mkdtemp(join(tmpdir(), 'push-client-'));
  try {
    return new CommandPushClient(await prepare(directory), directory);
  } catch (error) {
    await removeDirectory(directory);
    throw error;
  }
}

async function removeDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}

async function writeArchive(image: OciImage, target: string, directory: string): Promise<string> {
  const archive = join(await mkdtemp(join(directory, 'image-')), 'image.tar');
  await writeDockerArchive(image, archive, target);
  return archive;
}

async function expectOutput(command: string, args: readonly string[]): Promise<string> {
  const { exitCode, output, stdout } = await runCommand(command, args);
  if (exitCode !== 0) throw new Error(output.trim());
  return stdout.trim();
}

function versionOf(output: string): string {
  return /\d[\w.-]*/.exec(output)?.[0] ?? output;
}
