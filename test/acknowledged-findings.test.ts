import { Aspects, CfnParameter, CfnResource, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { EcrAutoCreate, type EcrAutoCreateProps } from '../src';
import { createStack, ENV } from './fixtures';
import { acknowledge } from '../src/acknowledged-findings';

/** What the template tells cdk-nag 2 and checkov, and the tree tells cdk-nag 3, by resource. */
function acknowledged(define: (stack: Stack) => EcrAutoCreateProps) {
  const stack = createStack({ env: ENV });
  const judged = new EcrAutoCreate(stack, 'EcrAutoCreate', define(stack));
  const found: Record<string, string[]> = {};
  for (const construct of judged.node.findAll()) {
    const name = construct.node.path.replace('Platform/EcrAutoCreate/', '').replace('/Resource', '');
    const add = (kind: string, ids: string[]) => { if (ids.length > 0) found[name] = [...found[name] ?? [], ...ids.map(id => `${kind} ${id}`)]; };
    add('3', construct.node.metadata.filter(({ type }) => type === 'aws:cdk:acknowledged-rules').flatMap(({ data }) => Object.keys(data)));
    if (!CfnResource.isCfnResource(construct)) continue;
    add('2', (construct.getMetadata('cdk_nag')?.rules_to_suppress ?? []).map(({ id, applies_to = [] }: { id: string; applies_to?: string[] }) => [id, ...applies_to].join(' ')));
    add('checkov', (construct.getMetadata('checkov')?.skip ?? []).map(({ id }: { id: string }) => id));
  }
  return found;
}

const inPacks = (rule: string) => ['HIPAA.Security', 'NIST.800.53.R5', ...(/DLQ|Concurrency/.test(rule) ? [] : ['PCI.DSS.321'])].flatMap(pack => `${pack}-${rule}`);
const both = (...rules: string[]) => [...rules.map(rule => `3 ${rule}`), ...rules.map(rule => `2 ${rule}`)];
const ARN = 'arn:<AWS::Partition>:ecr:eu-central-1:123456789012:repository/';

test('the defaults acknowledge what they do without', () => {
  expect(acknowledged(() => ({ allowedPrefixes: ['backend/', 'frontend/'] }))).toEqual({
    DeadLetterQueue: [...both('AwsSolutions-SQS3'), 'checkov CKV_AWS_27'],
    LogGroup: [...both(...inPacks('CloudWatchLogGroupEncrypted')), 'checkov CKV_AWS_158'],
    Policy1: [`3 AwsSolutions-IAM5[Resource::${ARN}backend/*]`, `3 AwsSolutions-IAM5[Resource::${ARN}frontend/*]`, '2 AwsSolutions-IAM5'],
    Handler: [
      ...both(...['LambdaDLQ', 'LambdaConcurrency', 'LambdaInsideVPC'].flatMap(inPacks)),
      'checkov CKV_AWS_116', 'checkov CKV_AWS_115', 'checkov CKV_AWS_117', 'checkov CKV_AWS_173',
    ],
  });
});

test('what is denied is no finding', () => {
  expect(acknowledged(() => ({ allowedPrefixes: ['team-'], deniedPrefixes: ['team-legacy'] })).Policy1).toEqual(
    [`3 AwsSolutions-IAM5[Resource::${ARN}team-*]`, '2 AwsSolutions-IAM5']);
});

test('what the user sees to is not acknowledged', () => {
  const found = acknowledged(stack => ({
    encryptionKey: new kms.Key(stack, 'Key'), vpc: new ec2.Vpc(stack, 'Vpc'), reservedConcurrentExecutions: 5, tracing: lambda.Tracing.ACTIVE,
  }));
  expect(found).toEqual({
    'DeadLetterQueue': both('AwsSolutions-SQS3'),
    'Policy1': [`3 AwsSolutions-IAM5[Resource::${ARN}*]`, '2 AwsSolutions-IAM5'],
    'Role/Policy': [
      '3 AwsSolutions-IAM5[Resource::*]', '3 AwsSolutions-IAM5[Action::kms:ReEncrypt*]', '3 AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
      '2 AwsSolutions-IAM5 Resource::*', '2 AwsSolutions-IAM5 Action::kms:ReEncrypt*', '2 AwsSolutions-IAM5 Action::kms:GenerateDataKey*',
      'checkov CKV_AWS_111',
    ],
    'Handler': [...both(...inPacks('LambdaDLQ')), 'checkov CKV_AWS_116'],
  });
});

test('checkov has nothing against the actions of X-Ray', () => {
  expect(acknowledged(() => ({ tracing: lambda.Tracing.ACTIVE }))['Role/Policy']).toEqual(['3 AwsSolutions-IAM5[Resource::*]', '2 AwsSolutions-IAM5 Resource::*']);
});

test('a function without an environment needs no key for it', () => {
  const parameters = Array.from({ length: 60 }, (_, index) => `tag${index}`);
  const found = acknowledged(stack => ({
    repositoryOverrides: parameters.map(id => ({ prefix: `${id}/`, settings: { tags: { id: new CfnParameter(stack, id).valueAsString } } })),
  }));
  expect(found.Handler).toContain('checkov CKV_AWS_116');
  expect(found.Handler).not.toContain('checkov CKV_AWS_173');
});

test('what the user gives or adds is left to the user', () => {
  const stack = createStack();
  const construct = new EcrAutoCreate(stack, 'EcrAutoCreate', { deadLetterQueue: new sqs.Queue(stack, 'Queue') });
  construct.handler.addToRolePolicy(new iam.PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
  expect(stack.node.findChild('Queue').node.findAll().flatMap(({ node }) => node.metadata)).not.toContainEqual(
    expect.objectContaining({ type: 'aws:cdk:acknowledged-rules' }));
  expect(JSON.stringify(construct.node.findAll().map(({ node }) => node.metadata))).not.toContain('[Resource::*]');
});

test('every reason says something, and the template has it', () => {
  const stack = createStack();
  new EcrAutoCreate(stack, 'EcrAutoCreate', { createTrail: true, creationTemplates: true });
  const reasons: string[] = [];
  Aspects.of(stack).add({
    visit(construct) {
      if (!CfnResource.isCfnResource(construct)) return;
      for (const { reason } of construct.getMetadata('cdk_nag')?.rules_to_suppress ?? []) reasons.push(reason);
      for (const { comment } of construct.getMetadata('checkov')?.skip ?? []) reasons.push(comment);
    },
  });
  const template = JSON.stringify((stack.node.root as import('aws-cdk-lib').App).synth().getStackByName('Platform').template);
  expect(new Set(reasons).size).toBeGreaterThan(8);
  for (const reason of reasons) {
    expect(reason.length).toBeGreaterThan(20);
    expect(template).toContain(JSON.stringify(reason));
  }
});

test('fails on a construct that has no resource of its own', () => {
  const construct = new Construct(createStack(), 'Empty');
  expect(() => acknowledge(construct, { rules: [], reason: 'none' })).toThrow('Platform/Empty must be made of a resource');
});
