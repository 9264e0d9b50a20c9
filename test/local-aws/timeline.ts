/** The service that an event is about. */
export type TimelineSource = 'registry' | 'cloudtrail' | 'events' | 'lambda' | 'iam' | 'ecr' | 'sqs';

/** Something that happened. */
export interface TimelineEvent {
  /** Milliseconds since the start. */
  readonly at: number;
  readonly source: TimelineSource;
  /** For people. */
  readonly text: string;
  /** For programs: what belongs to it, by name. */
  readonly details: Readonly<Record<string, unknown>>;
}

export type TimelineListener = (event: TimelineEvent) => void;

/** What happened, in order. */
export class Timeline {
  readonly events: TimelineEvent[] = [];
  private readonly listeners: TimelineListener[] = [];
  private readonly start = performance.now();

  add(source: TimelineSource, text: string, details: Readonly<Record<string, unknown>> = {}): void {
    const event = { at: performance.now() - this.start, source, text, details };
    this.events.push(event);
    this.listeners.forEach(listener => listener(event));
  }

  /** Tells of every event from now on. */
  listen(listener: TimelineListener): void {
    this.listeners.push(listener);
  }
}
