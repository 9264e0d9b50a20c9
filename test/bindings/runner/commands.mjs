// Runs commands, quietly unless they fail.
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** In ms. No install or build takes that long; a registry that hangs does. */
const TIMEOUT = 600_000;
const OUTPUT_OF_FAILURE = 4_000;

/** Those that run, to be ended with this process. */
const running = new Set();
process.on('exit', () => running.forEach(end));

/** A command may have started others, such as jsii-pacmak Maven: all are of its process group. */
function end({ pid }) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Runs a command, and gives its standard output. Its whole output is shown only in the error of a failure. */
export function run(command, args, { cwd, env = process.env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    running.add(child);
    const timer = setTimeout(() => end(child), TIMEOUT);
    let stdout = '';
    let all = '';
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text;
      all += text;
    });
    child.stderr.setEncoding('utf8').on('data', text => {
      all += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      if (code === 0) {
        resolve(stdout);
      } else {
        reject(new Error(`${[command, ...args].join(' ')}: ${signal ?? `exit code ${code}`}\n${all.slice(-OUTPUT_OF_FAILURE)}`));
      }
    });
  });
}

/** For what asks a registry, which can fail for a moment. */
export async function runThrice(command, args, options) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run(command, args, options);
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

/** The path of a program, if it is installed. */
export function find(program) {
  return process.env.PATH.split(delimiter).map(folder => join(folder, program)).find(isExecutable);
}

/** The path of a program that must be installed. */
export function need(program) {
  const path = find(program);
  if (path === undefined) throw new Error(`${program} must be installed and on the PATH`);
  return path;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
