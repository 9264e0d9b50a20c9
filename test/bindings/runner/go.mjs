import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { need, run, runThrice } from './commands.mjs';

/** The Go module, which takes the place of the published one. */
export async function prepare({ project, folder, source, step }) {
  const go = need('go');
  const { cdk, constructs } = project.peers;
  const { moduleName, packageName } = project.target('go');
  const module = `${moduleName}/${packageName}`;
  // Compiled by the consumer: jsii-pacmak would compile the CDK a second time.
  const built = await step('package built', () => project.build('go', '--code-only'));

  cpSync(source, folder, { recursive: true });
  const options = { cwd: folder, env: { ...process.env, GOFLAGS: '-mod=mod' } };
  await run(go, ['mod', 'init', 'example.com/platform'], options);
  await run(go, [
    'mod', 'edit', `-require=${module}@v${project.manifest.version}`, `-replace=${module}=${join(built, packageName)}`,
    `-require=github.com/aws/aws-cdk-go/awscdk/v2@v${cdk}`, `-require=github.com/aws/constructs-go/constructs/v10@v${constructs}`,
  ], options);
  await step('installed', () => runThrice(go, ['mod', 'tidy'], options));
  // The CDK is large: without optimisation it compiles in half the time.
  await step('compiled', () => run(go, ['build', '-gcflags=all=-N -l', '-ldflags=-s -w', '-o', 'platform', '.'], options));
  return { command: join(folder, 'platform'), args: [] };
}
