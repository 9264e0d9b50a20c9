import { cpSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { need, runThrice } from './commands.mjs';

/** The jar in a Maven project. */
export async function prepare({ project, folder, source, step, sandbox }) {
  const java = need('java');
  const maven = need('mvn');
  const { cdk, constructs } = project.peers;
  const { groupId, artifactId } = project.target('java').maven;
  // Maven never looks again for a version that it has: in the machine's own repository, ours would stay for the next run.
  const repository = join(project.folder, 'maven');
  const built = await step('package built', () => project.build('java', '--maven-local-repository', repository));

  cpSync(source, folder, { recursive: true });
  const properties = {
    'maven.repo.local': repository,
    'package.repository': pathToFileURL(built).href,
    'package.groupId': groupId,
    'package.artifactId': artifactId,
    'package.version': project.manifest.version,
    'cdk.version': cdk,
    'constructs.version': constructs,
    'mdep.outputFile': 'classpath',
  };
  await step('installed and compiled', () => runThrice(maven, [
    '--batch-mode', ...Object.entries(properties).map(([name, value]) => `-D${name}=${value}`), 'compile', 'dependency:build-classpath',
  ], { cwd: folder }));
  const classpath = ['target/classes', readFileSync(join(folder, 'classpath'), 'utf8').trim()].join(delimiter);
  return { command: java, args: [`-Djava.io.tmpdir=${sandbox.temporary}`, '-cp', classpath, 'com.example.Main'] };
}
