// What an event costs a process that has its cold start behind it.
import { benchmarkFile, Partner } from '../runner/processes.mjs';
import { pushEvent, repositoryNames } from '../runner/push-events.mjs';
import { median } from '../runner/sampling.mjs';
import { StandIn } from '../runner/stand-in.mjs';

const WARM = benchmarkFile('processes/warm.cjs');
const STACKS = { settings: 'Settings', policies: 'Policies' };
const EVENTS_BEFORE = 100;
const EVENTS = 300;

export const needs = ['functions', 'nodes'];

export async function measure(prepared, { say }) {
  const warm = {};
  const standIn = await StandIn.start(prepared.functions.target);
  try {
    for (const [node, { binary }] of Object.entries(prepared.nodes)) {
      warm[node] = {};
      for (const [name, stack] of Object.entries(STACKS)) {
        say(`warm path: ${node}, ${name}`);
        warm[node][name] = await measureFunction(binary, stack, repositoryNames(`${node}-${name}`), standIn, prepared);
      }
    }
    return { warm };
  } finally {
    await standIn.stop();
  }
}

async function measureFunction(node, stack, names, standIn, { functions }) {
  const { environment, handler } = functions.deployed[stack];
  const start = () => new Partner(node, [WARM, handler], { ...environment, AWS_ENDPOINT_URL_ECR: standIn.url });
  const take = count => Array.from({ length: count }, () => names.next().value);
  const handle = async (child, repositories) => {
    await standIn.takeCalls();
    const milliseconds = await child.ask(repositories.map(name => pushEvent(functions.event, name)));
    const calls = await standIn.takeCalls();
    return { milliseconds: median(milliseconds), apiCalls: calls.length / repositories.length, actions: actionsOf(calls, repositories.length) };
  };

  const [before, measured] = [take(EVENTS_BEFORE), take(EVENTS)];
  const creator = start();
  await handle(creator, before);
  const created = await handle(creator, measured);
  // Another layer of the same pushes.
  const duplicate = await handle(creator, measured);
  await creator.end();

  const other = start();
  await handle(other, before);
  const existing = await handle(other, measured);
  await other.end();
  return { created, duplicate, existing };
}

/** How often each action was called, an event. */
function actionsOf(calls, events) {
  const counts = {};
  for (const { action } of calls) counts[action] = (counts[action] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).map(([action, count]) => [action, count / events]));
}
