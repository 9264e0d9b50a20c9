import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireCommand } from '../../local-aws/command';
import { mavenArtifact } from '../aside';

/** The matcher of EventBridge, which AWS publishes. */
const EVENT_RULER = 'software.amazon.event.ruler:event-ruler:2.1.0';

/** In milliseconds. */
const TIME_LIMIT = 5 * 60_000;

/** Patterns and events, as JSON texts. */
export interface Question {
  readonly patterns: readonly string[];
  readonly events: readonly string[];
}

/** What event-ruler says of a question. */
export interface Answer {
  /** Of each pattern. */
  readonly rulings: readonly Ruling[];
  /** Of each event, the indices of the patterns that match it when all are rules of one machine. */
  readonly together: readonly (readonly number[])[];
}

export interface Ruling {
  /** Why it is no valid pattern. */
  readonly invalid: string | null;
  /** Likewise, where `$or` is a field as any other. */
  readonly invalidWithoutOr: string | null;
  /** How many wildcards an event could be in at once. */
  readonly complexity?: number;
  /** The indices of the events that match. */
  readonly matches?: readonly number[];
  /** Likewise, by the algorithm that was the only one before its version 2. */
  readonly stepwise?: readonly number[];
}

/** @returns the class path */
export const installEventRuler = async () => mavenArtifact('event-ruler', EVENT_RULER);

/** Asks event-ruler all questions at once: most of the time is Java's start. */
export async function askEventRuler(questions: readonly Question[]): Promise<Answer[]> {
  const classPath = await installEventRuler();
  const directory = mkdtempSync(join(tmpdir(), 'event-ruler-'));
  try {
    const file = join(directory, 'questions.jsonl');
    writeFileSync(file, questions.map(question => `${JSON.stringify(question)}\n`).join(''));
    const answers = await requireCommand('java', ['-cp', classPath, join(__dirname, 'EventRuler.java'), file], { timeLimit: TIME_LIMIT });
    return answers.trim().split('\n').map(line => JSON.parse(line) as Answer);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
