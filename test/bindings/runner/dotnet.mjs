import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { find, need, run, runThrice } from './commands.mjs';
import { createEnvironment } from './python.mjs';

const CHECK = fileURLToPath(new URL('csharp_names.py', import.meta.url));

/** Why the app cannot be made here; checkSource is then all there is. */
export function unavailable() {
  return find('dotnet') === undefined ? 'there is no .NET SDK here' : undefined;
}

/** The NuGet package in a project. */
export async function prepare({ project, folder, source, step }) {
  const dotnet = need('dotnet');
  const { cdk, constructs } = project.peers;
  // NuGet never looks again for a version that it has: in the user's own folder, ours would stay for the next run.
  const env = { ...process.env, NUGET_PACKAGES: join(project.folder, 'nuget'), DOTNET_NOLOGO: '1', DOTNET_CLI_TELEMETRY_OPTOUT: '1' };
  const built = await step('package built', () => project.build('dotnet'));

  cpSync(source, folder, { recursive: true });
  const properties = { PackageSource: built, PackageVersionUnderTest: project.manifest.version, CdkVersion: cdk, ConstructsVersion: constructs };
  await step('installed and compiled', () => runThrice(dotnet, [
    'publish', '--output', 'out', ...Object.entries(properties).map(([name, value]) => `-p:${name}=${value}`),
  ], { cwd: folder, env }));
  return { command: dotnet, args: ['out/Platform.dll'] };
}

/** What can be said of the C# code without a compiler. @returns the faults found, by what must hold */
export async function checkSource({ project, folder, source, step }) {
  const generated = await step('code generated', () => project.build('dotnet', '--code-only'));
  const checks = join(folder, 'checks');
  mkdirSync(checks, { recursive: true });
  const python = await createEnvironment(checks);
  await step('parser installed', () => runThrice(python, ['-m', 'pip', 'install', 'tree-sitter~=0.26', 'tree-sitter-c-sharp~=0.23'], { cwd: checks }));
  return JSON.parse(await run(python, [CHECK, generated, source, ...project.assemblies], { cwd: checks }));
}
