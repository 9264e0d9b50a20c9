// Whether a burst of failed pushes is survived, with ECR throttling.
import { run } from '../../test/bindings/runner/commands.mjs';
import { PROJECT, typeScript } from '../runner/processes.mjs';

const LAYERS = 5;
const ATTEMPTS = 2;
const STACK = 'Burst';

export const needs = ['functions', 'nodes'];

export async function measure({ functions, nodes }, { burst: { concurrencies, rate, repositories }, fail, say }) {
  const burst = [];
  for (const concurrency of concurrencies) {
    say(`burst: ${repositories * LAYERS * ATTEMPTS} events, ${concurrency} at a time`);
    const options = {
      assembly: functions.assembly, stackName: STACK, event: functions.event, nodeBinary: nodes.node24.binary,
      repositories, layers: LAYERS, attempts: ATTEMPTS, concurrency, rate,
    };
    const result = JSON.parse(await run(process.execPath, [...typeScript('processes/burst.ts'), JSON.stringify(options)], { cwd: PROJECT }));
    burst.push(result);
    if (result.lost > 0) fail(`${result.lost} events are lost with ${concurrency} at a time`);
    if (result.created !== repositories) fail(`${result.created} of ${repositories} repositories are created with ${concurrency} at a time`);
    if (result.incomplete > 0) fail(`${result.incomplete} repositories are without their lifecycle policy with ${concurrency} at a time`);
    if (result.leftInQueue > 0) fail(`${result.leftInQueue} events are left in the queue with ${concurrency} at a time`);
  }
  return { burst };
}
