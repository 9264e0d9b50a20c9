import { App, CfnOutput, Lazy, Stack, Tags } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { EcrAutoCreate, type RepositorySettings } from '../../../src';
import { bothEngines, DEMO_PROPS } from '../../local-aws/demo-app';
import { manyPrefixes, sharedValues, teamPrefix } from '../../local-aws/largest-apps';

/** A construct of the app, and what it has to do. */
export interface ConstructCase {
  readonly stackName: string;
  /** The construct's id in the stack. */
  readonly id: string;
  /** What a repository of that name must get: the overrides laid over the defaults, by hand. */
  readonly creates: Readonly<Record<string, RepositorySettings>>;
  /** Why nothing may be created of that name. */
  readonly rejects: Readonly<Record<string, string>>;
  /** The tag that names who pushed. */
  readonly creatorTagKey?: string;
}

/** The value of the parameter that `largest-apps.ts` defines. */
export const CONTACT = 'platform@example.com';

/** The role that pushes, and the one that pulls. */
export const CI_ROLE = 'ci-push';
export const PULL_ROLE = 'runtime-pull';

const { repositoryDefaults: DEMO } = DEMO_PROPS;
const NATIVE = { ...DEMO, imageScanOnPush: false };

/** As text, with what `ecr.LifecycleRule` can say too: the reference is made of that. */
const LIFECYCLE_TEXT = JSON.stringify({
  rules: [{ rulePriority: 1, selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 7 }, action: { type: 'expire' } }],
});
const LIFECYCLE_RULES = [{ tagStatus: ecr.TagStatus.ANY, maxImageCount: 7 }];

const EXCLUDING_LATEST = {
  imageTagMutability: ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
  imageTagMutabilityExclusionFilters: [ecr.ImageTagMutabilityExclusionFilter.wildcard('latest*')],
};
const TEAM_TAGS = { 'cost-center': '4711', 'team': 'a+b @home' };

/** All settings, with a customer key, and overrides of some. */
class CustomerKeyStack extends Stack {
  readonly key = new kms.Key(this, 'Key');

  constructor(app: App) {
    super(app, 'CustomerKey');
    new EcrAutoCreate(this, 'EcrAutoCreate', {
      allowedPrefixes: ['secret/', 'apps-'],
      encryptionKey: this.key,
      repositoryDefaults: {
        ...EXCLUDING_LATEST,
        encryptionKey: this.key,
        imageScanOnPush: false,
        lifecyclePolicyText: LIFECYCLE_TEXT,
        tags: TEAM_TAGS,
        repositoryPolicy: DEMO.repositoryPolicy,
      },
      repositoryOverrides: [
        { prefix: 'secret/plain/', settings: { encryption: ecr.RepositoryEncryption.AES_256, lifecycleRules: [], imageScanOnPush: true } },
        { prefix: 'apps-', settings: { repositoryPolicy: new iam.PolicyDocument(), tags: { team: 'apps' }, imageTagMutability: ecr.TagMutability.MUTABLE } },
      ],
    });
  }

  get creates(): Record<string, RepositorySettings> {
    const all = { ...EXCLUDING_LATEST, encryptionKey: this.key, imageScanOnPush: false, lifecycleRules: LIFECYCLE_RULES, tags: TEAM_TAGS };
    const withPolicy = { ...all, repositoryPolicy: DEMO.repositoryPolicy };
    return {
      'secret/vault': withPolicy,
      'secret/plain/wiki': { ...EXCLUDING_LATEST, imageScanOnPush: true, tags: TEAM_TAGS, repositoryPolicy: DEMO.repositoryPolicy },
      'apps-shop': {
        encryptionKey: this.key,
        imageScanOnPush: false,
        lifecycleRules: LIFECYCLE_RULES,
        tags: { ...TEAM_TAGS, team: 'apps' },
        imageTagMutability: ecr.TagMutability.MUTABLE,
      },
    };
  }
}

/** Every name, and roles that push and pull. */
function allNames(stack: Stack): void {
  const autoCreate = new EcrAutoCreate(stack, 'EcrAutoCreate');
  const assumedBy = new iam.AccountRootPrincipal();
  autoCreate.grantPush(new iam.Role(stack, 'Ci', { roleName: CI_ROLE, assumedBy }));
  autoCreate.grantPull(new iam.Role(stack, 'Runtime', { roleName: PULL_ROLE, assumedBy }));
}

/** What the CDK's own construct makes of the settings; its properties, as CloudFormation resolves them, are an output. */
function defineReference(stack: Stack, name: string, settings: RepositorySettings): void {
  const { repositoryPolicy, tags = {}, ...props } = settings;
  const id = name.replaceAll(/[^a-z0-9]/g, '');
  const repository = new ecr.Repository(stack, id, { repositoryName: referenceName(name), imageScanOnPush: true, ...props });
  repositoryPolicy?.toJSON().Statement?.forEach((statement: unknown) => repository.addToResourcePolicy(iam.PolicyStatement.fromJson(statement)));
  for (const [key, value] of Object.entries(tags)) Tags.of(repository).add(key, value);
  const resource = repository.node.defaultChild as ecr.CfnRepository;
  const { encryptionConfiguration, imageScanningConfiguration, lifecyclePolicy, repositoryPolicyText } = resource;
  const properties = { encryptionConfiguration, imageScanningConfiguration, lifecyclePolicy, repositoryPolicyText };
  new CfnOutput(stack, outputOf(name), { value: Lazy.string({ produce: () => stack.toJsonString(properties) }) });
}

/** The repository that CloudFormation creates as the reference for one that the handler has to create. */
export function referenceName(name: string): string {
  return `reference/${name}`;
}

/** The output of the stack `References` for it. */
export function outputOf(name: string): string {
  return `Output${name.replaceAll(/[^a-z0-9]/g, '')}`;
}

/** Synthesizes all of it into the directory. */
export function synthesizeApps(outdir: string): ConstructCase[] {
  const app = new App({ outdir });
  new EcrAutoCreate(new Stack(app, 'Demo'), 'EcrAutoCreate', DEMO_PROPS);
  bothEngines(new Stack(app, 'BothEngines'));
  const customerKey = new CustomerKeyStack(app);
  allNames(new Stack(app, 'AllNames'));
  new EcrAutoCreate(new Stack(app, 'Trail'), 'EcrAutoCreate', { allowedPrefixes: ['trail/'], createTrail: true });
  sharedValues(new Stack(app, 'Largest'));
  manyPrefixes(new Stack(app, 'ManyPrefixes'));

  const cases: ConstructCase[] = [
    {
      stackName: 'Demo',
      id: 'EcrAutoCreate',
      creates: { 'backend/payments': DEMO, 'frontend/shop/web': DEMO },
      rejects: { 'sandbox/payments': 'NotAllowedPrefix' },
    },
    {
      stackName: 'BothEngines',
      id: 'Native',
      creates: { 'backend/native': NATIVE, 'backend/sandbox/native': { ...NATIVE, imageTagMutability: ecr.TagMutability.MUTABLE } },
      rejects: { 'team-a': 'NotAllowedPrefix' },
    },
    {
      stackName: 'BothEngines',
      id: 'Guarded',
      creatorTagKey: 'created-for',
      creates: { 'team-a': DEMO },
      rejects: { 'team-legacy': 'DeniedPrefix', 'team-b': 'NotAllowedPrincipal', 'backend/guarded': 'NotAllowedPrefix' },
    },
    { stackName: 'CustomerKey', id: 'EcrAutoCreate', creates: customerKey.creates, rejects: { secrets: 'NotAllowedPrefix' } },
    { stackName: 'AllNames', id: 'EcrAutoCreate', creates: { 'anything/at-all': {} }, rejects: {} },
    {
      stackName: 'ManyPrefixes',
      id: 'EcrAutoCreate',
      creates: { [`${teamPrefix(499)}app`]: { lifecycleRules: [{ tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 20 }] } },
      rejects: { 'team-500/app': 'NotAllowedPrefix' },
    },
  ];
  const references = new Stack(app, 'References');
  for (const { creates } of cases) Object.entries(creates).forEach(([name, settings]) => defineReference(references, name, settings));
  app.synth();
  return cases;
}
