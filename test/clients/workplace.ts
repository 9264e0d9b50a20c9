import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type CommandOptions, type CommandResult, runCommand } from '../local-aws/command';

/** One folder or file over another: what is at `to` is then what is at `from`. */
export interface Bind {
  readonly from: string;
  readonly to: string;
}

/** Binds the pairs of paths before the `--`, then becomes the command after it. */
const BIND_AND_RUN = 'while [ "$1" != -- ]; do mkdir -p "$2"; mount --rbind "$1" "$2"; shift 2; done; shift; exec "$@"';

/**
 * What runs in namespaces of its own: its mounts and all its processes end with it, and it ends with this process, however that ends.
 *
 * So nothing stays mounted on this machine, and no daemon stays behind.
 */
const ENCLOSED = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-ec', BIND_AND_RUN, 'sh'];

/** Debian's programs go before what else the machine has under their names. */
const SYSTEM_PATH = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Where clients keep what they know between two commands. */
const STATE = ['/etc/docker', '/var/lib/containers', '/run', '/dev/shm'];

/** A folder in which one client works, apart from the machine's own images, caches and daemons. */
export class Workplace {
  private readonly binds: Bind[] = [];
  private readonly environment: NodeJS.ProcessEnv;
  private readonly programs: string;

  /** @param paths folders with programs, before the system's */
  constructor(readonly directory: string, paths: readonly string[] = [], variables: NodeJS.ProcessEnv = {}) {
    this.programs = this.folder('bin');
    // Nothing of the machine's own: it may name daemons, stores and credentials.
    this.environment = {
      HOME: this.folder('home'),
      TMPDIR: this.folder('tmp'),
      PATH: [this.programs, ...paths, ...SYSTEM_PATH].join(delimiter),
      ...variables,
    };
    for (const state of STATE) this.bind(this.folder(join('state', state)), state);
  }

  /** Takes programs from another root file system: they see the workplace there, and the rest of the machine that they need. */
  enter(root: string, programs: readonly string[]): void {
    this.bind(root, root);
    for (const folder of ['/dev', '/proc', '/sys', tmpdir(), ...STATE]) this.bind(folder, join(root, folder));
    for (const program of programs) this.addProgram(program, `exec chroot '${root}' ${program} "$@"`);
  }

  /** A folder in it. */
  folder(name: string): string {
    const folder = join(this.directory, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Binds a folder over another one, for all that runs here from now on. */
  bind(from: string, to: string): void {
    this.binds.push({ from, to });
  }

  /** Adds a shell script as a program that goes before any other of its name. */
  addProgram(name: string, script: string): void {
    writeFileSync(join(this.programs, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.programs, name), 0o755);
  }

  /** Runs a program to its end. */
  async run(command: readonly string[], variables: NodeJS.ProcessEnv = {}, options: CommandOptions = {}): Promise<CommandResult> {
    return runCommand('setpriv', this.enclose(command), { ...options, cwd: this.directory, env: { ...this.environment, ...variables } });
  }

  /** Runs a program that has to succeed, and gives its standard output. */
  async require(command: readonly string[], variables?: NodeJS.ProcessEnv, options?: CommandOptions): Promise<string> {
    const { exitCode, output, stdout } = await this.run(command, variables, options);
    if (exitCode !== 0) throw new Error(`${command.join(' ')}: exit code ${exitCode}\n${output.trim().slice(-4_000)}`);
    return stdout;
  }

  /** Starts a program that goes on, and writes to a log file. Killing it ends all that it started. */
  start(command: readonly string[], log: string): ChildProcess {
    const output = openSync(log, 'a');
    return spawn('setpriv', this.enclose(command), { cwd: this.directory, env: this.environment, stdio: ['ignore', output, output] });
  }

  private enclose(command: readonly string[]): string[] {
    return [...ENCLOSED, ...this.binds.flatMap(({ from, to }) => [from, to]), '--', ...command];
  }
}

/** Ends what this process has started. */
export function endChildren(): void {
  for (const child of readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(id => id !== '')) {
    try {
      process.kill(Number(child), 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}
