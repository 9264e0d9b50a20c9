// ECR's API on this machine, in a process of its own, so that it takes no time of those that are measured.
import { Partner, typeScript } from './processes.mjs';

export class StandIn {
  #process;
  url;

  static async start({ partition, region, account }) {
    const standIn = new StandIn();
    standIn.#process = new Partner(process.execPath, [...typeScript('processes/stand-in.ts'), partition, region, account], process.env);
    standIn.url = await standIn.#process.receive();
    return standIn;
  }

  /** The calls since it was asked before: `{ action, input, error }`. */
  takeCalls() {
    return this.#process.ask('calls');
  }

  stop() {
    return this.#process.end();
  }
}
