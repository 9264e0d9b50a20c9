import { execFile } from 'node:child_process';

/** How a command ended. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  /** Its standard output, then its standard error. */
  readonly output: string;
  readonly milliseconds: number;
}

export interface CommandOptions {
  /** @default - this process's */
  readonly env?: NodeJS.ProcessEnv;
  /** @default - this process's */
  readonly cwd?: string;
  /** In milliseconds; the command is then killed. @default - one minute */
  readonly timeLimit?: number;
}

const TIME_LIMIT = 60_000;
const MAX_OUTPUT = 256 * 1024 * 1024;

/** Runs a program, without a shell; it never rejects. */
export async function runCommand(
  command: string, args: readonly string[], { env = process.env, cwd, timeLimit = TIME_LIMIT }: CommandOptions = {},
): Promise<CommandResult> {
  const started = performance.now();
  return new Promise((resolve) => {
    execFile(command, args, { env, cwd, timeout: timeLimit, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT }, (error, stdout, stderr) => {
      // A program that cannot be started, or had to be killed, has no exit code of its own.
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 127;
      const reason = exitCode === 127 && error !== null ? `${error.message}\n` : '';
      resolve({ exitCode, stdout, output: `${stdout}${stderr}${reason}`, milliseconds: performance.now() - started });
    });
  });
}

/** Runs a program that has to succeed, and gives its standard output. */
export async function requireCommand(command: string, args: readonly string[], options?: CommandOptions): Promise<string> {
  const { exitCode, output, stdout } = await runCommand(command, args, options);
  if (exitCode !== 0) throw new Error(`${[command, ...args].join(' ')}: exit code ${exitCode}\n${output.trim().slice(-4_000)}`);
  return stdout;
}
