import { installPrograms as installEcr } from './ecr/programs';
import { installEventRuler } from './events/event-ruler';
import { Simulator } from './iam/simulator';
import { installPrograms as installLambda } from './lambda/programs';
import { installTools } from './templates/install';
import type { JudgeName } from './verdict';
import { CLIENTS } from '../clients/definitions';
import { installClients } from '../clients/install';

const INSTALLS: Readonly<Record<JudgeName, () => Promise<unknown>>> = {
  iam: async () => Simulator.install(),
  events: installEventRuler,
  ecr: installEcr,
  lambda: installLambda,
  templates: installTools,
  clients: async () => {
    await installClients();
    for (const { install } of CLIENTS) await install?.();
  },
};

/** Installs what the judges need, so that none has to wait for it later. A judge tries again what failed here, and says so. */
async function main(): Promise<void> {
  for (const [judge, install] of Object.entries(INSTALLS)) {
    await install().catch((error: unknown) => console.error(`judge:${judge}: ${String(error)}`));
  }
}

void main();
