'use strict';

// Lambda's Node.js runtime, as far as a handler can see it. It runs in a process of its own and speaks with the parent by IPC messages,
// so that standard output is the handler's alone.
const { basename, dirname, resolve } = require('node:path');

// A parent that ended without a word takes its functions along.
process.on('disconnect', () => process.exit());

try {
  const handler = load(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
  process.on('message', message => void invoke(handler, message));
  process.send({ type: 'ready' });
} catch (error) {
  process.send({ type: 'failure', failure: describe(error) });
}

/** `path/file.exported.name` */
function load(root, name) {
  const [file, ...path] = basename(name).split('.');
  const handler = path.reduce((exported, key) => exported?.[key], require(resolve(root, dirname(name), file)));
  if (typeof handler !== 'function') throw Object.assign(new Error(`${name} is undefined or not exported`), { name: 'Runtime.HandlerNotFound' });
  return handler;
}

async function invoke(handler, { event, context, deadline, traceId }) {
  if (traceId !== undefined) process.env._X_AMZN_TRACE_ID = traceId;
  try {
    const payload = await handler(event, { ...context, getRemainingTimeInMillis: () => deadline - Date.now() });
    process.send({ type: 'success', payload });
  } catch (error) {
    process.send({ type: 'failure', failure: describe(error) });
  }
}

function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}
