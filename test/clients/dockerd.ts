import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Workplace } from './workplace';

/** In milliseconds. It takes one second. */
const START_TIME_LIMIT = 120_000;

/** It only has to load and push, not to run anything. */
const WITHOUT_NETWORK = ['--iptables=false', '--ip6tables=false', '--bridge=none'];

/** A Docker daemon of our own. */
export class Dockerd {
  /**
   * Starts it.
   *
   * @param isContainerdStore whether it has to keep images in containerd's store, instead of the classic one
   */
  static async start(workplace: Workplace, isContainerdStore: boolean): Promise<Dockerd> {
    const options = isContainerdStore
      ? ['--storage-driver=native', '--feature', 'containerd-snapshotter=true']
      : ['--storage-driver=vfs'];
    const data = workplace.folder('daemon');
    const config = join(data, 'daemon.json');
    writeFileSync(config, '{}');
    const log = join(data, 'log');
    const daemon = new Dockerd(workplace, log, workplace.start([
      'dockerd', ...options, ...WITHOUT_NETWORK, '--config-file', config, '--host', socketOf(workplace.directory),
      '--data-root', join(data, 'data'), '--exec-root', join(data, 'exec'), '--pidfile', join(data, 'pid'),
    ], log));
    try {
      await daemon.waitUntilReady();
      await daemon.checkStore(isContainerdStore);
    } catch (error) {
      await daemon.stop();
      throw error;
    }
    return daemon;
  }

  private constructor(private readonly workplace: Workplace, private readonly log: string, private readonly child: ChildProcess) {}

  /** Ends it, with all that it started. */
  async stop(): Promise<void> {
    if (this.hasEnded) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async waitUntilReady(): Promise<void> {
    const deadline = performance.now() + START_TIME_LIMIT;
    while ((await this.workplace.run(['docker', 'version'])).exitCode !== 0) {
      if (this.hasEnded || performance.now() > deadline) throw new Error(`dockerd does not start: ${readFileSync(this.log, 'utf8').slice(-2_000)}`);
      await setTimeout(100);
    }
  }

  private async checkStore(isContainerdStore: boolean): Promise<void> {
    const status = await this.workplace.require(['docker', 'info', '--format', '{{json .DriverStatus}}']);
    if (status.includes('io.containerd.snapshotter') !== isContainerdStore) throw new Error(`dockerd has the other image store: ${status}`);
  }
}

/** The address of the daemon that works in a folder. */
export function socketOf(directory: string): string {
  return `unix://${join(directory, 'daemon', 'socket')}`;
}
