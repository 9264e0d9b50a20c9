import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { checkEvent } from './check-case';
import { placeOf, type Policy } from './contract';
import { mixed } from './generators';
import type { Entry } from './handler-under-test';
import { ModelledEcr } from './modelled-ecr';
import { policy } from './policies';
import type { Tally } from './tally';
import { ENVIRONMENT } from '../../src/handler/configuration';
import { RegistryServer } from '../local-aws/registry-server';

/** The file that is deployed. */
const BUNDLE = join(__dirname, '..', '..', 'assets', 'handler', 'index.js');

const load = createRequire(__filename);

/** Events for one process of the deployed function. */
export interface BundleCase {
  readonly policy: Policy;
  readonly texts: readonly string[];
}

export const bundleCases: fc.Arbitrary<BundleCase> = fc.record({ policy, events: fc.array(mixed, { minLength: 5, maxLength: 20 }) })
  .map(given => ({ policy: given.policy, texts: given.events.map(event => event(given.policy)) }));

/** Gives events to a fresh process of the bundle, which speaks with ECR by its own client over the network. */
export async function checkBundleCase({ policy: rules, texts }: BundleCase, tally: Tally): Promise<void> {
  const model = new ModelledEcr(rules);
  const server = await RegistryServer.start({ ecr: model.ecr, ...model.hooks });
  try {
    const entry = loadBundle({
      [ENVIRONMENT.CONFIGURATION]: JSON.stringify(rules),
      AWS_ENDPOINT_URL_ECR: server.url,
      AWS_REGION: placeOf(rules).region,
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
    });
    for (const text of texts) {
      model.forgetCalls();
      await checkEvent({ policy: rules, model, start: () => entry }, JSON.parse(text), tally);
    }
  } finally {
    await server.stop();
  }
}

/** As Lambda starts a process: the bundle reads its environment once. */
function loadBundle(environment: Record<string, string>): Entry {
  Object.assign(process.env, environment);
  delete load.cache[BUNDLE];
  return (load(BUNDLE) as { handler: Entry }).handler;
}
