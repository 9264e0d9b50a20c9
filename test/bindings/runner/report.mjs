// Tells what is done, and counts checks.

/** Seconds since then, to be read by people. */
function since(start) {
  return `${((performance.now() - start) / 1_000).toFixed(1)} s`;
}

export class Report {
  passed = 0;
  failed = 0;
  #start = performance.now();

  /** A line of progress. The languages take turns: each line names its own. */
  say(who, text) {
    process.stdout.write(`[${who}] ${text}\n`);
  }

  /** Does one step, and tells how long it took. */
  async step(who, what, action) {
    const start = performance.now();
    const result = await action();
    this.say(who, `${what} (${since(start)})`);
    return result;
  }

  /** Counts as failed if the action throws. */
  async check(who, what, action) {
    try {
      await action();
      this.passed++;
      this.say(who, `ok: ${what}`);
    } catch (error) {
      this.failed++;
      this.say(who, `FAILED: ${what}\n${error.message}`);
    }
  }

  /** The last line, which says it all. */
  finish() {
    process.stdout.write(`took ${since(this.#start)}\n${this.passed} passed, ${this.failed} failed\n`);
    process.exitCode = this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}
