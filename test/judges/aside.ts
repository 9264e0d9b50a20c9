import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type CommandOptions, requireCommand } from '../local-aws/command';

/** Not in the project's own dependencies: tools of other languages, of other licences, or only of use here. */
const ASIDE = join(__dirname, '..', '..', 'node_modules', '.cache', 'judges');

/** In milliseconds. No install takes that long; a registry that hangs does. */
const INSTALL_TIME_LIMIT = 10 * 60_000;

/**
 * A folder with what a judge needs, installed by `install` unless the same was before.
 *
 * @param what says what is in it, versions included
 */
export async function aside(name: string, what: unknown, install: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(ASIDE, name);
  const mark = join(folder, '.installed');
  const text = JSON.stringify(what);
  if (existsSync(mark) && readFileSync(mark, 'utf8') === text) return folder;
  for (let attempt = 1; ; attempt++) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    try {
      await install(folder);
      break;
    } catch (error) {
      // A registry can fail for a moment.
      if (attempt === 3) throw error;
    }
  }
  writeFileSync(mark, text);
  return folder;
}

/** npm packages, with exact versions. @returns the folder that has `node_modules` */
export async function npmPackages(name: string, packages: Readonly<Record<string, string>>, options: CommandOptions = {}): Promise<string> {
  return aside(name, { packages }, async folder => {
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const wanted = Object.entries(packages).map(([each, version]) => `${each}@${version}`);
    await requireCommand('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', ...wanted], {
      timeLimit: INSTALL_TIME_LIMIT, ...options, cwd: folder,
    });
  });
}

/** Python packages in a virtual environment. @param requirements e.g. `cfn-lint==1.2.3` @returns the environment's folder of programs */
export async function pythonPackages(name: string, requirements: readonly string[]): Promise<string> {
  const folder = await aside(name, { requirements }, async environment => {
    await requireCommand('python3', ['-m', 'venv', environment]);
    await requireCommand(join(environment, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements], {
      timeLimit: INSTALL_TIME_LIMIT,
    });
  });
  return join(folder, 'bin');
}

/** Java libraries with what they need. @param artifact `group:artifact:version` @returns the class path */
export async function mavenArtifact(name: string, artifact: string): Promise<string> {
  const folder = await aside(name, { artifact }, async target => {
    const [groupId, artifactId, version] = artifact.split(':');
    writeFileSync(join(target, 'pom.xml'), `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>aside</groupId><artifactId>aside</artifactId><version>1</version><dependencies><dependency>
<groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency></dependencies></project>\n`);
    await requireCommand('mvn', ['--batch-mode', '--quiet', 'dependency:copy-dependencies', '-DoutputDirectory=jars'], {
      cwd: target, timeLimit: INSTALL_TIME_LIMIT,
    });
  });
  return join(folder, 'jars', '*');
}

/** A Go program. @param module e.g. `example.com/tool/cmd/tool@v1.2.3` @returns its path */
export async function goProgram(name: string, module: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const folder = await aside(name, { module, env }, async target => {
    await requireCommand('go', ['install', module], {
      cwd: target, timeLimit: INSTALL_TIME_LIMIT, env: { ...process.env, ...env, GOBIN: join(target, 'bin') },
    });
  });
  const [path] = module.split('@');
  return join(folder, 'bin', path.split('/').filter(part => !/^v\d+$/.test(part)).pop() ?? '');
}

/** The Node.js of a major version. @returns its program */
export async function nodeProgram(major: number): Promise<string> {
  if (Number(process.versions.node.split('.')[0]) === major) return process.execPath;
  const folder = await npmPackages(`node-${major}`, { node: String(major) });
  return join(folder, 'node_modules', '.bin', 'node');
}

/** The environment with a folder of programs before the others. */
export function withPath(folder: string, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...env, PATH: `${folder}${delimiter}${env.PATH ?? ''}` };
}
