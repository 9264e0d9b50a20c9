// A fresh process that loads a handler and calls it with each event, as Lambda does: node invoke.cjs [HANDLER]
//
// It writes one byte to file descriptor 3 when the first event is done, and what it measured when all are. Without a handler it is the bare
// runtime, which has nothing to load and nothing to do.
'use strict';

const { readFileSync, writeSync } = require('node:fs');

const [path] = process.argv.slice(2);
const events = JSON.parse(process.env.BENCH_EVENTS);
const context = { awsRequestId: 'ba7e2d5c-5f5d-4b6c-9d0a-2f9d3a6f7f10', functionName: process.env.AWS_LAMBDA_FUNCTION_NAME };

/** Milliseconds since the process started, and those of processor time that it has used. */
function mark() {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), cpu: (user + system) / 1_000 };
}

/** In bytes. `maxRSS` would be that of the process that started this one, if it was larger. */
function peakMemory() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1_024;
  } catch {
    return process.memoryUsage.rss();
  }
}

async function main() {
  const started = mark();
  const { handler } = path === undefined ? {} : require(path);
  const loaded = mark();
  const calls = [];
  let memory;
  for (const event of events) {
    const before = mark();
    await handler?.(event, context);
    calls.push({ before, after: mark() });
    if (memory !== undefined) continue;
    writeSync(3, '.');
    memory = peakMemory();
  }
  writeSync(3, JSON.stringify({ started, loaded, calls, memory }));
}

void main();
