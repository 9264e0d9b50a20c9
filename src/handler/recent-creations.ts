/** CloudTrail gives the second of a call, cut: it may have been this much later, in milliseconds. */
const EVENT_TIME_RESOLUTION = 1_000;

/** Names are at most 256 characters, and mostly far fewer: about a megabyte. */
const MAX_NAMES = 10_000;

/**
 * What this process has created, and when.
 *
 * A refused push causes an event for each of its layers. Those that come to the process that has created the repository need no further call.
 */
export class RecentCreations {
  private readonly times = new Map<string, number>();

  /** @param createdAt when ECR created the repository, by its own clock */
  public add(repositoryName: string, createdAt: Date): void {
    this.times.delete(repositoryName);
    this.times.set(repositoryName, createdAt.getTime());
    const [oldest] = this.times.keys();
    if (this.times.size > MAX_NAMES) this.times.delete(oldest);
  }

  /**
   * Whether the repository was created after the push was refused.
   *
   * A later push was refused because the repository has been deleted since. In doubt, ECR is asked.
   */
  public answers(repositoryName: string, pushTime: number | undefined): boolean {
    const createdAt = this.times.get(repositoryName);
    return createdAt !== undefined && pushTime !== undefined && pushTime + EVENT_TIME_RESOLUTION <= createdAt;
  }
}
