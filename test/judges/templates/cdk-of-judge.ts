import Module from 'node:module';
import { join } from 'node:path';

/** Node.js's own, which is not in its types: what loads TypeScript, and module aliases, hook into it too. */
interface ModuleResolver {
  _resolveFilename(request: string, parent: unknown, isMain: boolean, options?: { paths: string[] }): string;
}

const SOURCES = join(__dirname, '..', '..', '..', 'src');
const CDK = /^(aws-cdk-lib|constructs)(\/|$)/;

/** The folder that has the CDK to be used: the first argument of the process. */
const [,, ASIDE] = process.argv;

// From here on, this process loads that CDK in place of the project's own, and our sources by the package's name.
// It must be imported before anything that uses them.
const resolver = Module as unknown as ModuleResolver;
const { _resolveFilename: original } = resolver;
resolver._resolveFilename = (request, parent, isMain, options) => {
  if (CDK.test(request)) return original.call(resolver, request, parent, isMain, { paths: [ASIDE] });
  return original.call(resolver, request === 'cdk-ecr-auto-create' ? SOURCES : request, parent, isMain, options);
};
