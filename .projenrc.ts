import { awscdk, javascript } from 'projen';

/** Who publishes the package and where its source is: the only place that says so. */
const PROJECT = {
  name: 'cdk-ecr-auto-create',
  author: 'cdk-ecr-auto-create contributors',
  organization: 'cdk-ecr-auto-create',
  url: 'https://github.com/cdk-ecr-auto-create/cdk-ecr-auto-create',
};

const project = new awscdk.AwsCdkConstructLibrary({
  name: PROJECT.name,
  description: 'Pushing an image to an Amazon ECR repository that does not exist creates it, with your defaults, under the names you allow',
  author: PROJECT.author,
  authorOrganization: true,
  authorAddress: PROJECT.url,
  repositoryUrl: `${PROJECT.url}.git`,
  defaultReleaseBranch: 'main',
  keywords: ['aws', 'cdk', 'ecr', 'repository', 'create-on-push', 'container', 'docker', 'registry'],
  license: 'Apache-2.0',
  stability: 'experimental',

  // The floor that we promise: the first version with lambda.Runtime.NODEJS_24_X.
  cdkVersion: '2.224.0',
  constructsVersion: '10.4.2',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',
  // Tools that we run ourselves need Node.js 20; what users synthesise with is the CDK's concern.
  minNodeVersion: '20.0.0',
  packageManager: javascript.NodePackageManager.NPM,
  projenrcTs: true,
  tsconfigDevFile: 'tsconfig.dev.json',

  publishToPypi: { distName: PROJECT.name, module: 'cdk_ecr_auto_create' },
  publishToMaven: {
    javaPackage: 'io.github.cdkecrautocreate',
    mavenGroupId: 'io.github.cdk-ecr-auto-create',
    mavenArtifactId: PROJECT.name,
  },
  publishToNuget: { dotNetNamespace: 'CdkEcrAutoCreate', packageId: 'CdkEcrAutoCreate' },
  publishToGo: { moduleName: `${PROJECT.url.replace('https://', '')}-go`, packageName: 'ecrautocreate' },
  // commit-and-tag-version 13 needs Node.js 22.
  bumpPackage: 'commit-and-tag-version@^12',

  // The handler is not one that projen finds by itself: it is bundled here and shipped.
  lambdaAutoDiscover: false,
  edgeLambdaAutoDiscover: false,
  singletonLambdaAutoDiscover: false,
  lambdaExtensionAutoDiscover: false,
  integrationTestAutoDiscover: false,

  devDeps: [
    // The newest that accepts the oldest CDK.
    '@aws-cdk/integ-tests-alpha@2.214.0-alpha.0',
    '@aws-sdk/client-ecr',
    '@types/aws-lambda',
    '@types/node@^20',
    'aws-sdk-client-mock',
    'esbuild',
    'fast-check',
  ],

  jestOptions: {
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    passWithNoTests: false,
    jestConfig: {
      // Several times faster than v8's, which also looks at all of the CDK.
      coverageProvider: 'babel',
      maxWorkers: '100%',
      // The end-to-end tests start processes: on a busy machine they take their time.
      testTimeout: 120_000,
      moduleNameMapper: { '^cdk-ecr-auto-create$': '<rootDir>/src' },
      collectCoverageFrom: ['src/**/*.ts'],
      globalSetup: '<rootDir>/test/setup/global-setup.ts',
      globalTeardown: '<rootDir>/test/setup/temporary-folder.ts',
      setupFiles: ['<rootDir>/test/setup/environment.ts'],
      coverageThreshold: { statements: 98, branches: 95, functions: 98, lines: 98 },
    },
  },
  eslintOptions: { dirs: ['src'], devdirs: ['test', 'examples', 'benchmarks', '.projenrc.ts'] },
  githubOptions: {
    pullRequestLint: true,
    pullRequestLintOptions: { semanticTitleOptions: { types: ['feat', 'fix', 'docs', 'test', 'build', 'chore'] } },
  },
  depsUpgradeOptions: { workflow: true },
});

// The handler's SDK is bundled: a dependency of the build, not of the package.
project.eslint?.allowDevDeps('src/handler/**');
project.eslint?.addRules({
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/no-unnecessary-condition': 'error',
  '@typescript-eslint/no-unnecessary-type-assertion': 'error',
  '@typescript-eslint/no-unused-vars': 'error',
  '@typescript-eslint/prefer-nullish-coalescing': 'error',
  '@typescript-eslint/prefer-optional-chain': 'error',
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': 'error',
  'eqeqeq': 'error',
  'max-lines': ['error', { max: 300, skipComments: true }],
  'no-console': 'error',
  'prefer-const': 'error',
});
// Every linted file is in the development configuration, which a project service would not find under this name.
project.tsconfigDev.addInclude('.projenrc.ts');
// The examples import the package by its name, as their readers will.
project.tsconfigDev.file.addOverride('compilerOptions.paths', { [PROJECT.name]: ['./src'] });
const eslintrc = project.tryFindObjectFile('.eslintrc.json');
eslintrc?.addOverride('parserOptions.projectService', undefined);
eslintrc?.addOverride('parserOptions.project', './tsconfig.dev.json');
eslintrc?.addOverride('settings.import/resolver.typescript.project', './tsconfig.dev.json');
// Tests address what the line before has asserted to exist, and the local AWS speaks to people.
project.eslint?.addOverride({ files: ['test/**'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } });
project.eslint?.addOverride({ files: ['test/local-aws/demo.ts', 'test/judges/**', 'test/clients/**', 'test/faults/**', 'test/fuzz/**', 'benchmarks/**'], rules: { 'no-console': 'off' } });

// What a user of the package never needs.
for (const path of ['/scripts/', '/.ci/', '/lib/**/*.tsbuildinfo', '/.npmrc', '/CONTRIBUTING.md', '/SECURITY.md', '/.jsii.tabl.json', '/docs/', '/examples/', '/benchmarks/']) project.addPackageIgnore(path);
// The handler is in the bundle; of its modules, the constructs need only those that they share with it.
const HANDLER_ONLY = ['arn-pattern', 'creator-tag', 'decision', 'ecr-repository', 'handle-push-event', 'index', 'outcome', 'recent-creations', 'redrive'];
for (const module of HANDLER_ONLY) project.addPackageIgnore(`/lib/handler/${module}.*`);
project.npmignore?.include('/assets/');

// publib's own default is the registry that projen writes out.
const release = project.tryFindObjectFile('.github/workflows/release.yml');
release?.addDeletionOverride('jobs.release_npm.steps.9.env.NPM_REGISTRY');

// No lock file names a registry host, whatever registry the person who wrote it uses.
new javascript.NpmConfig(project).addConfig('omit-lockfile-registry-resolved', 'true');

// The Lambda function's code is built before compile and shipped, so that no consumer needs esbuild, Docker or a lock file.
const bundle = project.addTask('bundle:handler', {
  description: 'Bundle the Lambda handler into assets/handler',
  exec: 'node scripts/bundle-handler.mjs',
});
project.preCompileTask.spawn(bundle);
project.gitignore.exclude('/assets/', '/cdk.out/', '/.jsii.tabl.json', '/test/integ/*.snapshot/asset.*');

// What takes longer than a test may.
const runChecks = (pattern: string) => `jest --ci --coverage=false --testMatch '**/${pattern}.check.ts'`;
project.addTask('test:package', {
  description: 'Install the packed npm package into an empty folder and synthesise with it',
  steps: [{ spawn: 'pre-compile' }, { spawn: 'compile' }, { exec: runChecks('test/package/*'), receiveArgs: true }],
});
project.addTask('test:bindings', {
  description: 'Use the package from TypeScript, Python, Java, Go and C#, and compare the templates',
  steps: [{ spawn: 'pre-compile' }, { spawn: 'compile' }, { exec: 'node test/bindings/run.mjs', receiveArgs: true }],
});
// The snippets of the README and of the docstrings must compile; what is packaged after it shows them in each language.
project.postCompileTask.exec('jsii-rosetta extract --strict .');
project.addTask('test:newest', {
  description: 'Run the tests that synthesise with the newest CDK; all others run with the oldest that is accepted',
  exec: 'node scripts/test-newest-cdk.mjs',
});
const runTypeScript = 'ts-node -T -P tsconfig.dev.json';
project.addTask('demo', {
  description: 'Push an image to a repository that does not exist, on a local stand-in for AWS',
  steps: [{ spawn: bundle.name }, { exec: `${runTypeScript} test/local-aws/demo.ts`, receiveArgs: true }],
});

// Other people's clients, emulators and checkers, each installed aside by the judge that needs it.
const JUDGES = {
  clients: { script: 'test/clients/judge.ts', description: 'Push with real clients to missing repositories' },
  events: { script: 'test/judges/events/judge.ts', description: 'Judge the event patterns with the matcher of EventBridge' },
  lambda: { script: 'test/judges/lambda/judge.ts', description: 'Run the function with the interface client and the emulator of AWS Lambda' },
  ecr: { script: 'test/judges/ecr/judge.ts', description: 'Deploy to moto, and create repositories there with its access control' },
  templates: { script: 'test/judges/templates/judge.ts', description: 'Check the templates with cfn-lint, checkov, cdk-nag and integ-runner' },
  iam: { script: 'test/judges/iam/judge.ts', description: 'Simulate every call of the function and of others on the policies' },
};
for (const [name, { script, description }] of Object.entries(JUDGES)) {
  project.addTask(`judge:${name}`, { description, steps: [{ spawn: bundle.name }, { exec: `${runTypeScript} ${script}`, receiveArgs: true }] });
}
project.addTask('test:faults', {
  description: 'Make each call of the function fail in each way, and see that no push is lost',
  steps: [{ spawn: bundle.name }, { exec: `${runTypeScript} test/faults/run.ts`, receiveArgs: true }],
});
project.addTask('test:fuzz', {
  description: 'Handle events, names and identities made up by chance; FUZZ_RUNS says how many',
  steps: [{ spawn: bundle.name }, { exec: `${runTypeScript} test/fuzz/run.ts`, receiveArgs: true }],
});
project.addTask('test:races', {
  description: 'Run many handlers at a time, in every order of their calls',
  steps: [{ spawn: bundle.name }, { exec: runChecks('test/races/*'), receiveArgs: true }],
});
project.addTask('test:mutations', {
  description: 'Break the function in many ways, and see that the faults and the fuzzing notice each',
  steps: [{ spawn: bundle.name }, { exec: runChecks('test/{faults,fuzz}/*'), receiveArgs: true }],
});
project.addTask('bench', {
  description: 'Measure cold start, synth, sizes and bursts',
  // Its standard output is for the figures.
  steps: [{ exec: 'projen pre-compile 1>&2 && projen compile 1>&2' }, { exec: 'node benchmarks/bench.mjs', receiveArgs: true }],
});
project.addTask('judge', { description: 'Run every judge', exec: `${runTypeScript} test/judges/all.ts` });

project.synth();
