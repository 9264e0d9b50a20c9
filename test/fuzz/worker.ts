import { runTask, type Task } from './task';

// The dimension of all metrics.
process.env.AWS_LAMBDA_FUNCTION_NAME = 'fuzzed';

process.on('message', (task: Task) => {
  void runTask(task).then(result => process.send!(result));
});
