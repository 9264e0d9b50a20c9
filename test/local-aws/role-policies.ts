import type { DeployedResource, Deployment } from './cloudformation';
import { Decision, evaluate, IamRequest } from './iam';
import { listOf, objectOf, stringsOf } from './json';
import { Statement, statementsOf } from './policy-document';
import { evaluateForService } from './resource-policy';

/** The AWS-managed policies that CDK attaches to functions, by the end of their ARN, as far as they matter here. */
const AWS_MANAGED_POLICIES: Readonly<Partial<Record<string, readonly string[]>>> = {
  'service-role/AWSLambdaBasicExecutionRole': ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
  'service-role/AWSLambdaVPCAccessExecutionRole': [
    'logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents',
    'ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets', 'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses',
  ],
  'AWSXRayDaemonWriteAccess': [
    'xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:GetSamplingStatisticSummaries',
  ],
};

/** The ARNs of the managed policies that are attached to a role, from either side. */
export function managedPolicyArns(resources: readonly DeployedResource[], roleArn: string): string[] {
  const role = resources.find(({ type, arn }) => type === 'AWS::IAM::Role' && arn === roleArn);
  const attached = ofType(resources, 'AWS::IAM::ManagedPolicy').filter(policy => names(policy.properties.Roles, roleArn));
  return [...new Set([...stringsOf(role?.properties.ManagedPolicyArns), ...attached.map(({ physicalId }) => physicalId)])];
}

/** The documents of the inline policies of a role. */
export function inlinePolicies(resources: readonly DeployedResource[], roleArn: string): unknown[] {
  const role = resources.find(({ type, arn }) => type === 'AWS::IAM::Role' && arn === roleArn);
  const attached = ofType(resources, 'AWS::IAM::Policy').filter(policy => names(policy.properties.Roles, roleArn));
  const own = listOf(role?.properties.Policies).map(policy => objectOf(policy).PolicyDocument);
  return [...own, ...attached.map(policy => policy.properties.PolicyDocument)];
}

/**
 * Collects the statements of everything that is attached to a role.
 *
 * @param roleArn The role may be one that is not of the deployment: it then has the policies that the deployment attaches to it.
 */
export function roleStatements(deployment: Deployment, roleArn: string): Statement[] {
  const managed = managedPolicyArns(deployment.all, roleArn).flatMap(arn => {
    const document = deployment.findByArn(arn)?.properties.PolicyDocument;
    return document === undefined ? awsManagedStatements(arn) ?? [] : statementsOf(document);
  });
  return [...inlinePolicies(deployment.all, roleArn).flatMap(statementsOf), ...managed];
}

/** The ARNs of a role's managed policies whose content is not known: {@link roleStatements} has nothing of them. */
export function unknownManagedPolicies(deployment: Deployment, roleArn: string): string[] {
  return managedPolicyArns(deployment.all, roleArn).filter(arn => deployment.findByArn(arn) === undefined && awsManagedStatements(arn) === undefined);
}

/** Decides by a role's policies whether it may do something. */
export function evaluateForRole(deployment: Deployment, roleArn: string, request: IamRequest): Decision {
  const { account, region } = deployment.environment;
  const context = {
    'aws:PrincipalArn': roleArn,
    'aws:PrincipalAccount': account,
    'aws:RequestedRegion': region,
    'aws:SecureTransport': 'true',
    ...request.context,
  };
  return evaluate(roleStatements(deployment, roleArn), { ...request, context });
}

/** Whether a service may take on a role; of a role that is not of the deployment, it is believed. */
export function canBeAssumedBy(service: string, deployment: Deployment, roleArn: string): boolean {
  const role = deployment.findByArn(roleArn);
  if (role === undefined) return true;
  // A trust policy has no resource: it is about its role.
  const trust = statementsOf(role.properties.AssumeRolePolicyDocument).map(statement => ({ ...statement, Resource: '*' }));
  return evaluateForService(trust, { service }, { action: 'sts:AssumeRole', resource: roleArn, context: {} }) === 'allowed';
}

function awsManagedStatements(arn: string): Statement[] | undefined {
  const actions = AWS_MANAGED_POLICIES[/^arn:[\w-]+:iam::aws:policy\/(.+)$/.exec(arn)?.[1] ?? ''];
  return actions === undefined ? undefined : [{ Effect: 'Allow', Action: [...actions], Resource: '*' }];
}

function ofType(resources: readonly DeployedResource[], type: string): DeployedResource[] {
  return resources.filter(resource => resource.type === type);
}

/** Policies name the roles that they are attached to; a path is no part of the name. */
function names(roles: unknown, roleArn: string): boolean {
  return stringsOf(roles).includes(roleArn.slice(roleArn.lastIndexOf('/') + 1));
}
