import { Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import type { RepositoryOverride, RepositorySettings } from '../src';
import { createStack, ENV } from './fixtures';
import { plannedTemplates, templatePrefix } from '../src/creation-template-plan';
import { grantCreation } from '../src/ecr-permissions';
import type { CreationSettings } from '../src/handler/configuration';
import { decide } from '../src/handler/decision';
import { readPushEvent } from '../src/handler/push-event';
import { isRepositoryName } from '../src/handler/repository-name';
import { RepositoryPlan, type RepositoryPlanProps } from '../src/repository-plan';
import { failedPush, loaded } from './handler/fixtures';
import { evaluate } from './local-aws/iam';
import { statementsOf } from './local-aws/policy-document';

// Few different parts, so that prefixes and names often meet.
const part = fc.constantFrom('a', 'b', 'ab', 'team', 'x-y', 'n__1');
const path = (maxLength: number) => fc.array(part, { minLength: 1, maxLength }).map(parts => parts.join('/'));
const name = path(4).filter(isRepositoryName);
const slashPrefix = path(3).map(prefix => `${prefix}/`);
const anyPrefix = fc.oneof(slashPrefix, path(3), path(2).map(prefix => `${prefix}-`));
const principal = fc.constantFrom('arn:aws:iam::123456789012:role/ci', 'arn:aws:iam::123456789012:role/dev/jo', 'arn:aws:iam::123456789012:user/ci');

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const policy = (account: string) => new iam.PolicyDocument({
  statements: [new iam.PolicyStatement({ principals: [new iam.AccountPrincipal(account)], actions: ['ecr:BatchGetImage'] })],
});
const lifecyclePolicyText = (count: number) => JSON.stringify({
  rules: [{ rulePriority: 1, selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: count }, action: { type: 'expire' } }],
});
const mutability: fc.Arbitrary<Partial<RepositorySettings>> = fc.constantFrom(
  {},
  { imageTagMutability: ecr.TagMutability.MUTABLE },
  { imageTagMutability: ecr.TagMutability.IMMUTABLE },
  {
    imageTagMutability: ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
    imageTagMutabilityExclusionFilters: [ecr.ImageTagMutabilityExclusionFilter.wildcard('dev-*')],
  },
);
const lifecycle = fc.oneof(
  fc.constant<Partial<RepositorySettings>>({}), fc.constant<Partial<RepositorySettings>>({ lifecycleRules: [] }),
  fc.nat({ max: 3 }).map(count => ({ lifecycleRules: [{ maxImageCount: count + 1 }] })),
  fc.nat({ max: 3 }).map(count => ({ lifecyclePolicyText: lifecyclePolicyText(count + 1) })),
);
const settings: fc.Arbitrary<RepositorySettings> = fc.tuple(
  mutability,
  lifecycle,
  fc.record({
    imageScanOnPush: maybe(fc.boolean()),
    encryption: maybe(fc.constantFrom(ecr.RepositoryEncryption.AES_256, ecr.RepositoryEncryption.KMS, ecr.RepositoryEncryption.KMS_DSSE)),
    repositoryPolicy: maybe(fc.oneof(fc.constantFrom('111111111111', '222222222222').map(policy), fc.constant(new iam.PolicyDocument()))),
    tags: maybe(fc.dictionary(fc.constantFrom('team', 'tier', 'cost'), fc.constantFrom('1', '2'))),
  }),
).map(parts => Object.assign({}, ...parts));
const overridesOf = (prefix: fc.Arbitrary<string>) =>
  fc.uniqueArray(fc.record({ prefix, settings }), { maxLength: 4, selector: override => override.prefix });

/** Only what the constructor accepts: it refuses contradictions. */
function accepted(props: RepositoryPlanProps): RepositoryPlanProps {
  const { allowedPrefixes } = props;
  const deniedPrefixes = props.deniedPrefixes?.filter(denied => !allowedPrefixes?.some(allowed => allowed.startsWith(denied)));
  return {
    ...props,
    deniedPrefixes: deniedPrefixes?.length === 0 ? undefined : deniedPrefixes,
    repositoryOverrides: props.repositoryOverrides?.filter(({ prefix }) =>
      (allowedPrefixes ?? [prefix]).some(allowed => allowed.startsWith(prefix) || prefix.startsWith(allowed))
      && !deniedPrefixes?.some(denied => prefix.startsWith(denied))),
  };
}

/** What the contract says, said again as plainly as can be. */
const isAllowed = (repositoryName: string, { allowedPrefixes, deniedPrefixes = [] }: RepositoryPlanProps) =>
  (allowedPrefixes ?? ['']).some(prefix => repositoryName.startsWith(prefix)) && !deniedPrefixes.some(prefix => repositoryName.startsWith(prefix));
const overrideFor = (repositoryName: string, overrides: RepositoryOverride[] = []) =>
  overrides.filter(({ prefix }) => repositoryName.startsWith(prefix)).sort((left, right) => right.prefix.length - left.prefix.length).at(0);

function plan(props: RepositoryPlanProps) {
  const stack = createStack({ env: ENV });
  const scope = new Construct(stack, 'Scope');
  return { stack, scope, repositoryPlan: new RepositoryPlan(scope, props) };
}

function decisionOn(repositoryName: string, repositoryPlan: RepositoryPlan, stack: Stack, principalArn = 'arn:aws:iam::123456789012:user/jo') {
  const event = failedPush({ repositoryName, detail: { userIdentity: { type: 'IAMUser', arn: principalArn } } });
  const configuration = JSON.parse(JSON.stringify(stack.resolve(repositoryPlan.handlerConfiguration())));
  return decide(readPushEvent(event)!, loaded({ ...configuration, repositoryArnPrefix: `arn:aws:ecr:${ENV.region}:${ENV.account}:repository/` }));
}

/** What a handler creates, in the words of a template. */
function asTemplate({ repository, lifecyclePolicy, repositoryPolicy }: CreationSettings) {
  return JSON.parse(JSON.stringify({
    imageTagMutability: repository.imageTagMutability,
    imageTagMutabilityExclusionFilters: repository.imageTagMutabilityExclusionFilters?.map(({ filter, filterType }) => ({
      imageTagMutabilityExclusionFilterType: filterType, imageTagMutabilityExclusionFilterValue: filter,
    })),
    encryptionConfiguration: repository.encryptionConfiguration,
    lifecyclePolicy,
    repositoryPolicy,
    resourceTags: repository.tags?.map(({ Key, Value }) => ({ key: Key, value: Value })),
  }));
}

let cases = 0;
afterAll(() => process.stdout.write(`property tests: ${cases} names judged\n`));

test('for any policy and any name, both engines give the same settings, and cover the same names', () => {
  fc.assert(fc.property(
    maybe(fc.uniqueArray(slashPrefix, { minLength: 1, maxLength: 4 })), settings, overridesOf(slashPrefix),
    fc.array(name, { minLength: 10, maxLength: 20 }),
    (allowedPrefixes, repositoryDefaults, repositoryOverrides, names) => {
      const props = accepted({ allowedPrefixes, repositoryDefaults, repositoryOverrides });
      const { repositoryPlan, stack } = plan(props);
      const templates = plannedTemplates(repositoryPlan).map(({ prefix, specification }) => ({
        prefix: templatePrefix(prefix), settings: stack.resolve(specification.creationTemplateSettings(repositoryPlan.owner)),
      }));
      for (const repositoryName of names) {
        cases++;
        // ECR takes the template with the longest prefix, a `/` at its end assumed, or else ROOT.
        const template = templates.filter(({ prefix }) => repositoryName.startsWith(`${prefix}/`))
          .sort((left, right) => right.prefix.length - left.prefix.length).at(0) ?? templates.find(({ prefix }) => prefix === 'ROOT');
        const { create } = decisionOn(repositoryName, repositoryPlan, stack);
        expect([repositoryName, template !== undefined]).toEqual([repositoryName, create !== undefined]);
        expect([repositoryName, create !== undefined]).toEqual([repositoryName, isAllowed(repositoryName, props)]);
        if (create === undefined || template === undefined) continue;
        const { lifecyclePolicy, repositoryPolicy, ...rest } = template.settings;
        expect(JSON.parse(JSON.stringify({
          ...rest,
          lifecyclePolicy: lifecyclePolicy && JSON.parse(lifecyclePolicy),
          repositoryPolicy: repositoryPolicy && JSON.parse(asText(repositoryPolicy)),
        }))).toEqual(asTemplateResolved(create));
      }
    },
  ), { numRuns: 200 });
});

/** Of tokens, only the partition is in these policies. */
function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  const [, parts] = (value as { 'Fn::Join': [string, (string | object)[]] })['Fn::Join'];
  return parts.map(piece => typeof piece === 'string' ? piece : 'aws').join('');
}

function asTemplateResolved(create: CreationSettings) {
  return JSON.parse(JSON.stringify(asTemplate(create), (_key, value) =>
    typeof value === 'object' && value !== null && 'Fn::Join' in value ? asText(value) : value));
}

test('for any policy, any name and any principal, a repository is created only as the policy says, and IAM allows no other', () => {
  fc.assert(fc.property(
    maybe(fc.uniqueArray(anyPrefix, { minLength: 1, maxLength: 4 })), maybe(fc.uniqueArray(anyPrefix, { minLength: 1, maxLength: 3 })),
    maybe(fc.uniqueArray(fc.oneof(principal, fc.constantFrom('*', '*:role/*', '*/ci')), { minLength: 1, maxLength: 2 })),
    settings, overridesOf(anyPrefix), fc.array(fc.tuple(name, principal), { minLength: 10, maxLength: 20 }),
    (allowedPrefixes, deniedPrefixes, allowedPrincipals, repositoryDefaults, repositoryOverrides, pushes) => {
      const props = accepted({ allowedPrefixes, deniedPrefixes, allowedPrincipals, repositoryDefaults, repositoryOverrides });
      const { repositoryPlan, scope, stack } = plan(props);
      grantCreation(scope, new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }), repositoryPlan);
      const statements = scope.node.children.filter(child => child instanceof iam.ManagedPolicy)
        .flatMap(({ document }) => statementsOf(JSON.parse(JSON.stringify(stack.resolve(document), (_key, value) =>
          typeof value === 'object' && value !== null && 'Fn::Join' in value ? asText(value) : value))));

      for (const [repositoryName, principalArn] of pushes) {
        cases++;
        const nameIsAllowed = isAllowed(repositoryName, props);
        const principalIsAllowed = (props.allowedPrincipals ?? ['*']).some(pattern => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(principalArn));
        const { create } = decisionOn(repositoryName, repositoryPlan, stack, principalArn);
        expect([repositoryName, principalArn, create !== undefined]).toEqual([repositoryName, principalArn, nameIsAllowed && principalIsAllowed]);
        if (create !== undefined) {
          const override = overrideFor(repositoryName, props.repositoryOverrides);
          const expected = repositoryPlan.overrides.find(({ prefix }) => prefix === override?.prefix)?.specification ?? repositoryPlan.defaults;
          expect(create).toEqual(JSON.parse(JSON.stringify(stack.resolve(expected.creationSettings(repositoryPlan.owner)))));
        }
        const decision = evaluate(statements, {
          action: 'ecr:CreateRepository',
          resource: `arn:aws:ecr:${ENV.region}:${ENV.account}:repository/${repositoryName}`,
          context: { 'aws:RequestTag/cdk-ecr-auto-create:owner': repositoryPlan.owner },
        });
        expect([repositoryName, decision === 'allowed']).toEqual([repositoryName, nameIsAllowed]);
      }
    },
  ), { numRuns: 200 });
});
