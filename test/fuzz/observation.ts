/** What a call did that others can see. */
export interface Observation {
  readonly result?: unknown;
  readonly threw: boolean;
  readonly error?: unknown;
  /** All that was written to stdout and to stderr. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs something and keeps all that it writes. */
export async function observe(run: () => Promise<unknown>): Promise<Observation> {
  const streams = [process.stdout, process.stderr];
  const written = streams.map(() => [] as string[]);
  const originals = streams.map(({ write }) => write);
  streams.forEach((stream, index) => {
    stream.write = (chunk: string | Uint8Array) => {
      written[index].push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      return true;
    };
  });
  let outcome: { result?: unknown; threw: boolean; error?: unknown };
  try {
    outcome = { result: await run(), threw: false };
  } catch (error) {
    outcome = { error, threw: true };
  } finally {
    streams.forEach((stream, index) => { stream.write = originals[index]; });
  }
  const [stdout, stderr] = written.map(chunks => chunks.join(''));
  return { ...outcome, stdout, stderr };
}
