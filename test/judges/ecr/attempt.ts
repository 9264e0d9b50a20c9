import type { Verdict } from '../verdict';

/** What ends one part must not keep the others from being judged. */
export async function attempt(verdict: Verdict, about: string, part: () => Promise<void>): Promise<void> {
  try {
    await part();
  } catch (error) {
    verdict.disagree(`${about} could not be judged to the end: ${error instanceof Error ? error.stack : String(error)}`);
  }
}
