// Synthesises every app with the CDK and the cdk-nag of a folder: `synthesize.ts FOLDER OUTPUT`. The templates and `apps.json` go to the output.
import '../../setup/environment';
import './cdk-of-judge';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { judgedApps } from './apps';
import { countPairs } from './matrix';
import { loadNag } from './nag-packs';
import type { SynthesizedApp, SynthesizedApps } from './synthesized-apps';
import { EcrAutoCreate, EcrCreationTemplates } from '../../../src';

const [,, ASIDE, OUTPUT] = process.argv;

function synthesizeApps(): SynthesizedApps {
  const { nag, version } = loadNag(ASIDE);
  const { version: cdk } = createRequire(__filename)('aws-cdk-lib/package.json') as { version: string };
  const apps = judgedApps().map(({ define, ...about }): SynthesizedApp => {
    // As the CDK's command does: each resource in the template says which construct it is.
    const app = new App({ outdir: join(OUTPUT, about.name), context: { 'aws:cdk:enable-path-metadata': true } });
    define(app);
    const { assembly, report } = nag(app);
    const constructs = app.node.findAll().filter(construct => construct instanceof EcrAutoCreate || construct instanceof EcrCreationTemplates);
    return {
      ...about,
      nag: report,
      constructs: constructs.map(({ node }) => node.path),
      templates: assembly.stacksRecursively.map(({ templateFullPath }) => templateFullPath),
      validation: join(assembly.directory, 'validation-report.json'),
    };
  });
  return { versions: { 'aws-cdk-lib': cdk, 'cdk-nag': version }, apps, pairs: countPairs() };
}

writeFileSync(join(OUTPUT, 'apps.json'), JSON.stringify(synthesizeApps()));
