import { AccessControl } from './access-control';
import type { TemplateResource } from './cloud-assembly';
import { CreationTemplates } from './creation-templates';
import { arnOf, deployResources, roleFor } from './deployment-fixture';
import { LocalEcr } from './local-ecr';

const REPOSITORIES = 'arn:aws:ecr:eu-central-1:123456789012:repository/*';
const CREATE = { Effect: 'Allow', Action: ['ecr:CreateRepository', 'ecr:TagResource'], Resource: REPOSITORIES };
const USE_KEY = { Effect: 'Allow', Action: ['kms:CreateGrant', 'kms:RetireGrant', 'kms:DescribeKey'], Resource: arnOf('Key') };
const LIFECYCLE = '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":20},"action":{"type":"expire"}}]}';
const POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"ecr:BatchGetImage"}]}';

function template(Prefix: string, properties: object = {}): TemplateResource {
  return { Type: 'AWS::ECR::RepositoryCreationTemplate', Properties: { Prefix, AppliedFor: ['CREATE_ON_PUSH'], ...properties } };
}

function create(resources: Record<string, TemplateResource>, statements: object[] = [CREATE]) {
  const deployment = deployResources({ Role: roleFor('ecr.amazonaws.com', ...statements), Key: { Type: 'AWS::KMS::Key' }, ...resources });
  const access = new AccessControl(deployment);
  const ecr = new LocalEcr(deployment.environment, { checkKey: (caller, key) => access.checkKey(caller, key), onCall: () => undefined });
  const creations: (string | undefined)[][] = [];
  const templates = new CreationTemplates(deployment, {
    ecr, access, onCreation: (name, { logicalId }, refusal) => creations.push([name, logicalId, refusal]),
  });
  return { templates, ecr, creations };
}

describe('a repository', () => {
  test('is created with the template\'s settings', () => {
    const { creations, ecr, templates } = create({
      Template: template('backend', {
        CustomRoleArn: arnOf('Role'),
        ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        ImageTagMutabilityExclusionFilters: [{ ImageTagMutabilityExclusionFilterType: 'WILDCARD', ImageTagMutabilityExclusionFilterValue: 'dev-*' }],
        EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey: arnOf('Key') },
        ResourceTags: [{ Key: 'team', Value: 'platform' }],
        LifecyclePolicy: LIFECYCLE,
        RepositoryPolicy: POLICY,
      }),
    }, [CREATE, USE_KEY]);
    expect(templates.createOnPush('backend/api')).toBe(true);
    expect(ecr.repositories.get('backend/api')).toMatchObject({
      createdBy: expect.stringMatching(/^arn:aws:sts::123456789012:assumed-role\/Stack-Role-\w+\/ecr$/),
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'dev-*' }],
      encryptionConfiguration: { encryptionType: 'KMS', kmsKey: expect.stringMatching(/^arn:aws:kms:/) },
      tags: { team: 'platform' },
      lifecyclePolicyText: LIFECYCLE,
      repositoryPolicyText: POLICY,
    });
    expect(creations).toEqual([['backend/api', 'Template', undefined]]);
  });

  test('is created by the service-linked role where the template has none', () => {
    const { ecr, templates } = create({ Template: template('backend', { EncryptionConfiguration: { EncryptionType: 'AES256' } }) });
    expect(templates.createOnPush('backend/api')).toBe(true);
    expect(ecr.repositories.get('backend/api')).toMatchObject({
      createdBy: 'arn:aws:sts::123456789012:assumed-role/AWSServiceRoleForECRTemplate/ecr',
      imageTagMutability: 'MUTABLE',
      encryptionConfiguration: { encryptionType: 'AES256' },
    });
  });
});

test.each<[string, string | undefined]>([
  ['prod/api', 'Prod'], ['prod/web/api', 'ProdWeb'], ['production/api', 'Root'], ['prod', 'Root'], ['other', 'Root'], ['cache/api', 'Root'],
])('%s is covered by %s', (name, expected) => {
  const { creations, templates } = create({
    Root: template('ROOT'), Prod: template('prod'), ProdWeb: template('prod/web/'), Cache: template('cache', { AppliedFor: ['PULL_THROUGH_CACHE'] }),
  });
  expect(templates.createOnPush(name)).toBe(true);
  expect(creations).toEqual([[name, expected, undefined]]);
});

describe('nothing is created when', () => {
  test('no template covers the name', () => {
    const { creations, ecr, templates } = create({ Prod: template('prod'), Cache: template('ROOT', { AppliedFor: ['PULL_THROUGH_CACHE'] }) });
    expect(templates.createOnPush('other/api')).toBe(false);
    expect(ecr.repositories.size).toBe(0);
    expect(creations).toEqual([]);
  });

  const tags = { ResourceTags: [{ Key: 'a', Value: 'b' }] };
  const custom = { CustomRoleArn: arnOf('Role') };
  const key = { EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey: arnOf('Key') } };

  test.each<[string, object, object[], string]>([
    ['tags have no custom role', tags, [], 'the service-linked role cannot set tags or use a KMS key'],
    ['a key has no custom role', key, [], 'the service-linked role cannot set tags or use a KMS key'],
    ['the role may not create', custom, [], 'is not authorized to perform: ecr:CreateRepository'],
    ['the role may not create under this name', custom, [{ ...CREATE, Resource: REPOSITORIES.replace('*', 'other/*') }], 'ecr:CreateRepository'],
    ['the role may not tag', { ...custom, ...tags }, [{ ...CREATE, Action: 'ecr:CreateRepository' }], 'is not authorized to perform: ecr:TagResource'],
    ['the role may not tag like this', { ...custom, ...tags }, [{ ...CREATE, Condition: { StringEquals: { 'aws:RequestTag/a': 'c' } } }], 'ecr:CreateRepository'],
    ['the role may not use the key', { ...custom, ...key }, [CREATE, { ...USE_KEY, Action: 'kms:CreateGrant' }], 'is not authorized to perform: kms:RetireGrant'],
  ])('%s', (_, properties, statements, refusal) => {
    const { creations, ecr, templates } = create({ Template: template('backend', properties) }, statements);
    expect(templates.createOnPush('backend/api')).toBe(false);
    expect(ecr.repositories.size).toBe(0);
    expect(creations).toEqual([['backend/api', 'Template', expect.stringContaining(refusal)]]);
  });

  test('the role does not trust ECR', () => {
    const { creations, templates } = create({ Role: roleFor('lambda.amazonaws.com', CREATE), Template: template('backend', custom) });
    expect(templates.createOnPush('backend/api')).toBe(false);
    expect(creations).toEqual([['backend/api', 'Template', expect.stringMatching(/^ecr.amazonaws.com may not assume arn:/)]]);
  });
});

describe('fails when', () => {
  test('two templates have one prefix', () => {
    expect(() => create({ One: template('prod'), Two: template('prod/') })).toThrow('Two: TemplateAlreadyExistsException: the prefix prod/ has a template');
  });

  test.each<[string, object]>([
    ['a lifecycle policy', { LifecyclePolicy: '{}' }], ['a repository policy', { RepositoryPolicy: 'x' }], ['mutability', { ImageTagMutability: 'SOMETIMES' }],
  ])('ECR would not take its %s', (_, properties) => {
    expect(() => create({ Template: template('backend', properties) })).toThrow(/^Template: /);
  });

  test('something other than a refusal goes wrong', () => {
    const { ecr, templates } = create({ Template: template('ROOT') });
    jest.spyOn(ecr, 'call').mockImplementation(() => { throw new TypeError('a bug'); });
    expect(() => templates.createOnPush('a/b')).toThrow('a bug');
  });
});
