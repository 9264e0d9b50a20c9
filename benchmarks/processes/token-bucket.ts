/** Lets a number of calls through a second, and saves up those of one second at most: how AWS throttles an action. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(private readonly rate: number, private readonly clock: () => number = () => performance.now()) {
    this.tokens = rate;
    this.filledAt = clock();
  }

  /** @returns whether there was one left */
  take(): boolean {
    const now = this.clock();
    this.tokens = Math.min(this.rate, this.tokens + (now - this.filledAt) / 1_000 * this.rate);
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
