import { execFile } from 'node:child_process';

/** How a command ended. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  /** Its standard output, then its standard error. */
  readonly output: string;
  readonly milliseconds: number;
}

const TIME_LIMIT = 60_000;

/** Runs a program, without a shell and for a minute at most; it never rejects. */
export async function runCommand(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<CommandResult> {
  const started = performance.now();
  return new Promise((resolve) => {
    execFile(command, args, { env, timeout: TIME_LIMIT, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      // A program that cannot be started, or had to be killed, has no exit code of its own.
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 127;
      const reason = exitCode === 127 && error !== null ? `${error.message}\n` : '';
      resolve({ exitCode, stdout, output: `${stdout}${stderr}${reason}`, milliseconds: performance.now() - started });
    });
  });
}
