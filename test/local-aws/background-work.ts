/** Work that nobody waits for when it is started. */
export class BackgroundWork {
  private readonly underWay = new Set<Promise<void>>();
  private readonly failures: unknown[] = [];

  add(work: Promise<unknown>): void {
    const settled: Promise<void> = work
      .then(() => undefined, (error: unknown) => { this.failures.push(error); })
      .finally(() => this.underWay.delete(settled));
    this.underWay.add(settled);
  }

  /** Waits until nothing is under way, also what other work started; throws the first error that work ended with since the last time. */
  async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
    const [failure] = this.failures.splice(0);
    if (failure !== undefined) throw failure instanceof Error ? failure : new Error(String(failure));
  }
}
