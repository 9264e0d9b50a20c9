import { AccessControl } from './access-control';
import { arnOf, deployResources, roleFor } from './deployment-fixture';
import { startRoleSession } from './role-session';

const REPOSITORY = 'arn:aws:ecr:eu-central-1:123456789012:repository/backend/api';
const KEY_ACTIONS = ['kms:CreateGrant', 'kms:RetireGrant', 'kms:DescribeKey'];

function create(...statements: object[]) {
  const role = roleFor('lambda.amazonaws.com', ...statements);
  const deployment = deployResources({
    Key: { Type: 'AWS::KMS::Key' },
    Role: { ...role, Properties: { ...role.Properties, RoleName: 'handler', Path: '/path/' } },
  });
  const decisions: unknown[] = [];
  const access = new AccessControl(deployment, (decision, { action, resource }, callerArn) =>
    decisions.push({ decision, action, resource, callerArn }));
  const session = startRoleSession('arn:aws:iam::123456789012:role/path/handler', 'function');
  access.register(session);
  const authorize = (action: string, tags: { request?: Record<string, string>; resource?: Record<string, string> } = {}) => access.authorize({
    accessKeyId: session.credentials.accessKeyId, action, resourceArn: REPOSITORY, requestTags: tags.request ?? {}, resourceTags: tags.resource ?? {},
  });
  return { access, authorize, decisions, session, keyArn: deployment.resources('AWS::KMS::Key')[0].arn! };
}

const allow = (action: string | string[], condition?: object, resource: unknown = REPOSITORY) =>
  ({ Effect: 'Allow', Action: action, Resource: resource, ...(condition && { Condition: condition }) });

test('a caller is a session of its role', () => {
  const { access, authorize, decisions, session } = create(allow('ecr:CreateRepository'));
  expect(authorize('ecr:CreateRepository')).toBe('arn:aws:sts::123456789012:assumed-role/handler/function');
  expect(decisions).toEqual([{ decision: 'allowed', action: 'ecr:CreateRepository', resource: REPOSITORY, callerArn: session.callerArn }]);
  expect(access.sessionOf(session.callerArn)).toBe(session);
  expect(access.sessionOf('arn:aws:iam::123456789012:user/jo')).toBeUndefined();
});

test('what no policy allows is refused in AWS\'s words', () => {
  const { authorize, decisions } = create(allow('ecr:CreateRepository', undefined, `${REPOSITORY}2`));
  expect(() => authorize('ecr:CreateRepository')).toThrow(expect.objectContaining({
    name: 'AccessDeniedException',
    statusCode: 400,
    message: `User: arn:aws:sts::123456789012:assumed-role/handler/function is not authorized to perform: ecr:CreateRepository on resource: ${REPOSITORY} `
      + 'because no identity-based policy allows the ecr:CreateRepository action',
  }));
  expect(decisions).toMatchObject([{ decision: 'implicitDeny' }]);
});

test('what a policy denies is refused with that reason', () => {
  const { authorize } = create(allow('ecr:*'), { ...allow('ecr:CreateRepository'), Effect: 'Deny' });
  expect(() => authorize('ecr:CreateRepository')).toThrow(/with an explicit deny in an identity-based policy$/);
});

test('credentials of nobody are refused', () => {
  const { access } = create();
  expect(() => access.authorize({ accessKeyId: 'ASIAOTHER', action: 'ecr:CreateRepository', resourceArn: REPOSITORY, requestTags: {}, resourceTags: {} }))
    .toThrow(expect.objectContaining({ name: 'UnrecognizedClientException' }));
});

test.each<[string, object, object, object]>([
  ['a tag of the request', { StringEquals: { 'aws:RequestTag/owner': 'us' } }, { request: { owner: 'us' } }, { resource: { owner: 'us' } }],
  ['a tag of the repository', { StringEquals: { 'aws:ResourceTag/owner': 'us' } }, { resource: { owner: 'us' } }, { resource: { owner: 'them' } }],
  ['a tag of the repository, by ECR\'s own key', { StringEquals: { 'ecr:ResourceTag/owner': 'us' } }, { resource: { owner: 'us' } }, { request: { owner: 'us' } }],
  ['the keys of the tags', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }, { request: { a: '1', b: '2' } }, { request: { a: '1', c: '2' } }],
  ['that there are tags', { Null: { 'aws:TagKeys': 'false' } }, { request: { a: '1' } }, {}],
])('a condition can be on %s', (_, condition, allowed, denied) => {
  const { authorize } = create(allow('ecr:PutLifecyclePolicy', condition));
  expect(() => authorize('ecr:PutLifecyclePolicy', allowed)).not.toThrow();
  expect(() => authorize('ecr:PutLifecyclePolicy', denied)).toThrow(expect.objectContaining({ name: 'AccessDeniedException' }));
});

describe('a key', () => {
  const via = (service: string) => ({ StringEquals: { 'kms:ViaService': `${service}.eu-central-1.amazonaws.com` } });

  test.each<[string, object[]]>([
    ['with all permissions', [allow(KEY_ACTIONS, undefined, arnOf('Key'))]],
    ['with all permissions by way of ECR', [allow(KEY_ACTIONS, via('ecr'), arnOf('Key'))]],
  ])('can be used %s', (_, statements) => {
    const { access, keyArn, session } = create(...statements);
    expect(() => access.checkKey(session.callerArn, keyArn)).not.toThrow();
    expect(() => access.checkKey(session.callerArn, keyArn.split('/')[1])).not.toThrow();
  });

  test.each<[string, object[], string]>([
    ['without permissions', [], 'kms:CreateGrant'],
    ['without RetireGrant', [allow(['kms:CreateGrant', 'kms:DescribeKey'], undefined, arnOf('Key'))], 'kms:RetireGrant'],
    ['with permissions by way of another service', [allow(KEY_ACTIONS, via('sqs'), '*')], 'kms:CreateGrant'],
    ['with permissions for another key', [allow(KEY_ACTIONS, undefined, 'arn:aws:kms:eu-central-1:123456789012:key/other')], 'kms:CreateGrant'],
  ])('cannot be used %s', (_, statements, denied) => {
    const { access, decisions, keyArn, session } = create(...statements);
    expect(() => access.checkKey(session.callerArn, keyArn)).toThrow(expect.objectContaining({
      name: 'KmsException',
      message: `User: ${session.callerArn} is not authorized to perform: ${denied} on resource: ${keyArn} `
        + `because no identity-based policy allows the ${denied} action`,
    }));
    expect(decisions).toMatchObject([{ decision: 'implicitDeny', action: denied }]);
  });

  test('that AWS manages needs no permission, and nor does a caller that IAM does not know here', () => {
    const { access, keyArn, session } = create();
    expect(() => access.checkKey(session.callerArn, 'alias/aws/ecr')).not.toThrow();
    expect(() => access.checkKey('arn:aws:iam::123456789012:user/admin', keyArn)).not.toThrow();
  });
});
