// Leaves out of the bundle what the AWS SDK loads and Lambda never uses. What the SDK's environment variables promise stays: Region, credentials,
// endpoints, FIPS, dual stack, retries.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Modules by the end of their path, and what takes their place. */
const REPLACEMENTS = [
  {
    // Lambda gives a function its credentials in the environment. The other providers are 40 % of the bundle.
    path: '@aws-sdk/credential-provider-node/dist-es/index.js',
    contents: () => 'export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";',
  },
  {
    // A function has no ~/.aws/config, which the SDK looks for in its first call.
    path: '@smithy/core/dist-es/submodules/config/node-config-provider/fromSharedConfigFiles.js',
    contents: () => `
      import { CredentialsProviderError } from "../property-provider/CredentialsProviderError";
      const noFile = async () => { throw new CredentialsProviderError("there are no configuration files"); };
      export const fromSharedConfigFiles = () => noFile;`,
  },
  {
    // No operation of ECR has an event stream.
    path: '@smithy/core/dist-es/submodules/event-streams/index.js',
    contents: () => 'export class EventStreamSerde {}',
  },
  {
    // A class for each exception of ECR. The SDK gives one that it does not know the name and the message that ECR sent, all that we use.
    path: '@aws-sdk/client-ecr/dist-es/schemas/schemas_0.js',
    contents: source => replaceAll(source, /^n0_registry\.registerError\(.*\);$/gm, ''),
  },
  {
    // Only its version is used, in the user agent.
    path: '@aws-sdk/client-ecr/package.json',
    contents: source => `export default ${JSON.stringify({ version: JSON.parse(source).version })};`,
  },
];

function replaceAll(source, pattern, replacement) {
  const result = source.replace(pattern, replacement);
  if (result === source) throw new Error(`the SDK has nothing any more that matches ${pattern}`);
  return result;
}

/** @returns a plugin of esbuild, which fails when the SDK no longer has a module that it replaces */
export function leanSdk() {
  return {
    name: 'lean-sdk',
    setup(build) {
      const replaced = new Set();
      for (const { path, contents } of REPLACEMENTS) {
        const filter = new RegExp(`[\\\\/]node_modules[\\\\/]${path.split('/').map(part => part.replaceAll('.', '\\.')).join('[\\\\/]')}$`);
        build.onLoad({ filter }, ({ path: file }) => {
          replaced.add(path);
          return { contents: contents(readFileSync(file, 'utf8')), loader: 'js', resolveDir: dirname(file) };
        });
      }
      build.onEnd(() => {
        const missed = REPLACEMENTS.map(({ path }) => path).filter(path => !replaced.has(path));
        return { errors: missed.map(path => ({ text: `the SDK does not load ${path} any more: look what it loads instead` })) };
      });
    },
  };
}

/** Settings of esbuild for the same end. */
export const leanSdkOptions = {
  // `import()` of a module of Node.js starts its loader of ES modules: 15 ms on Node.js 24.
  supported: { 'dynamic-import': false },
  define: {
    // The SDK asks whether a body is one, and Node.js then loads its web streams.
    'ReadableStream': 'undefined',
    // The user chooses the runtime; the warning is a line in the log that is no JSON.
    'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': '"true"',
  },
};
