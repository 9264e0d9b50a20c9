import { rmSync } from 'node:fs';
import { App, Names, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { CreationTemplateTrigger, EcrAutoCreate, type EcrAutoCreateProps, EcrCreationTemplates } from '../../../src';
import { readCloudAssembly } from '../../local-aws/cloud-assembly';
import { deploy, type Deployment } from '../../local-aws/cloudformation';

export const ACCOUNT = '123456789012';
export const OTHER_ACCOUNT = '210987654321';
export const REGION = 'eu-central-1';
export const OTHER_REGION = 'us-east-1';

const LIFECYCLE = { lifecycleRules: [{ maxImageCount: 5 }] };
const POLICY = {
  repositoryPolicy: new iam.PolicyDocument({
    statements: [new iam.PolicyStatement({ principals: [new iam.AccountPrincipal(OTHER_ACCOUNT)], actions: ['ecr:BatchGetImage'] })],
  }),
};

/** What is tried of the function's role. */
const VARIATIONS: Readonly<Record<string, (stack: Stack) => EcrAutoCreateProps>> = {
  'no props': () => ({}),
  'prefixes': () => ({ allowedPrefixes: ['backend/', 'frontend/', 'team-'] }),
  'denied prefixes': () => ({ allowedPrefixes: ['backend/'], deniedPrefixes: ['backend/legacy'], repositoryDefaults: { ...LIFECYCLE, ...POLICY } }),
  'lifecycle policy': () => ({ allowedPrefixes: ['backend/'], repositoryDefaults: LIFECYCLE }),
  'repository policy': () => ({ allowedPrefixes: ['backend/'], repositoryDefaults: POLICY }),
  'policies in an override': () => ({ allowedPrefixes: ['backend/'], repositoryOverrides: [{ prefix: 'backend/a', settings: { ...LIFECYCLE, ...POLICY } }] }),
  'encrypted repositories': stack => ({ allowedPrefixes: ['backend/'], repositoryDefaults: { encryptionKey: new kms.Key(stack, 'ImageKey') } }),
  'encryptionKey': stack => ({ allowedPrefixes: ['backend/'], encryptionKey: new kms.Key(stack, 'OwnKey') }),
  'no redrive': () => ({ allowedPrefixes: ['backend/'], redrive: false }),
  'given queue': stack => ({ allowedPrefixes: ['backend/'], deadLetterQueue: new sqs.Queue(stack, 'GivenQueue') }),
  'tracing': () => ({ allowedPrefixes: ['backend/'], tracing: lambda.Tracing.ACTIVE }),
  'vpc': stack => ({
    allowedPrefixes: ['backend/'],
    vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-12345678', availabilityZones: ['a'], privateSubnetIds: ['subnet-12345678'] }),
  }),
  'given role': stack => ({
    allowedPrefixes: ['backend/'], role: new iam.Role(stack, 'GivenRole', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }), repositoryDefaults: LIFECYCLE,
  }),
  'creationTemplates': () => ({ allowedPrefixes: ['backend/'], creationTemplates: true, repositoryDefaults: { ...LIFECYCLE, imageScanOnPush: false } }),
  '450 prefixes': () => ({ allowedPrefixes: Array.from({ length: 450 }, (_, index) => `division-${index % 9}/team-${index}/`) }),
};

/** A synthesized stack with the construct, as the services have it. */
export interface JudgedApp {
  readonly name: string;
  readonly props: EcrAutoCreateProps;
  readonly deployment: Deployment;
  readonly roleArn: string;
  /** The value of the owner tag, as the function is configured. */
  readonly owner: string;
}

export function judgedApps(): JudgedApp[] {
  return Object.entries(VARIATIONS).map(([name, propsOf]) => {
    let props: EcrAutoCreateProps = {};
    let role = '';
    let owner = '';
    const deployment = deployed(stack => {
      props = propsOf(stack);
      const construct = new EcrAutoCreate(stack, 'EcrAutoCreate', props);
      owner = `${stack.stackName}/${Names.uniqueResourceName(construct, { maxLength: 120 })}`;
      role = stack.resolve((construct.handler.role!.node.defaultChild as iam.CfnRole).logicalId) as string;
    });
    return { name, props, deployment, roleArn: arnOf(deployment, role), owner };
  });
}

/** The other roles: that of the templates, and of those who may push or pull. */
export interface OtherRoles {
  readonly deployment: Deployment;
  readonly allowedPrefixes: string[];
  readonly templates: string;
  readonly replicating: string;
  readonly pusher: string;
  readonly puller: string;
}

export function otherRoles(): OtherRoles {
  const allowedPrefixes = ['backend/', 'frontend/'];
  const ids: Record<string, string> = {};
  const deployment = deployed(stack => {
    const remember = (name: string, role: iam.IRole) => { ids[name] = stack.resolve((role.node.defaultChild as iam.CfnRole).logicalId) as string; };
    const roleFor = (name: string) => new iam.Role(stack, name, { assumedBy: new iam.AccountRootPrincipal() });
    const construct = new EcrAutoCreate(stack, 'EcrAutoCreate', { allowedPrefixes, creationTemplates: true, repositoryDefaults: { imageScanOnPush: false } });
    const replication = new EcrCreationTemplates(stack, 'Replication', { allowedPrefixes: ['replica/'], appliedFor: [CreationTemplateTrigger.REPLICATION] });
    const [pusher, puller] = [roleFor('Pusher'), roleFor('Puller')];
    construct.grantPush(pusher);
    construct.grantPull(puller);
    remember('templates', construct.creationTemplates!.role);
    remember('replicating', replication.role);
    remember('pusher', pusher);
    remember('puller', puller);
  });
  const arn = (name: string) => arnOf(deployment, ids[name]);
  return { deployment, allowedPrefixes, templates: arn('templates'), replicating: arn('replicating'), pusher: arn('pusher'), puller: arn('puller') };
}

function deployed(define: (stack: Stack) => void): Deployment {
  const app = new App();
  define(new Stack(app, 'Platform', { env: { account: ACCOUNT, region: REGION } }));
  const { directory } = app.synth();
  const deployment = deploy(readCloudAssembly(directory), { partition: 'aws', region: REGION, account: ACCOUNT });
  rmSync(directory, { recursive: true });
  return deployment;
}

function arnOf(deployment: Deployment, logicalId: string): string {
  const arn = deployment.all.find(resource => resource.logicalId === logicalId)?.arn;
  if (arn === undefined) throw new Error(`${logicalId} has no ARN`);
  return arn;
}
