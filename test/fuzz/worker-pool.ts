import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { emptyTally } from './tally';
import type { Task, TaskResult } from './task';

/** No task takes a minute: longer, and the handler hangs. */
const HANG = 10 * 60_000;

/** Runs tasks in processes, one for each processor, and gives their results in the order of the tasks. */
export async function runTasks(tasks: readonly Task[], onResult: (result: TaskResult) => void): Promise<void> {
  const waiting = [...tasks];
  const serve = async () => {
    let worker: ChildProcess | undefined;
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
      worker ??= fork(join(__dirname, 'worker.ts'));
      const result = await runIn(worker, task);
      onResult(result);
      if (!worker.connected) worker = undefined;
    }
    worker?.disconnect();
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), tasks.length) }, serve));
}

/** A process that ends, or hangs, is a failure of its task. */
async function runIn(worker: ChildProcess, task: Task): Promise<TaskResult> {
  return new Promise(resolve => {
    const end = (result: TaskResult) => {
      clearTimeout(timer);
      worker.removeAllListeners();
      resolve(result);
    };
    const fail = (what: string) => {
      worker.kill('SIGKILL');
      if (worker.connected) worker.disconnect();
      end({ task, tally: emptyTally(), failure: `${task.property}: ${what}, seed ${task.seed}` });
    };
    const timer = setTimeout(() => fail('the process hangs'), HANG);
    worker.once('message', result => end(result as TaskResult));
    worker.once('exit', (code, signal) => fail(`the process ended with ${signal ?? code}`));
    worker.send(task);
  });
}
