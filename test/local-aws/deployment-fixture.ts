import type { StackArtifact, Template, TemplateResource } from './cloud-assembly';
import { deploy, Deployment } from './cloudformation';
import type { Environment } from './physical-resource';

export const ENVIRONMENT: Environment = { partition: 'aws', region: 'eu-central-1', account: '123456789012' };

/** A stack as a cloud assembly would have it. */
export function stackOf(template: Template, overrides: Partial<StackArtifact> = {}): StackArtifact {
  return {
    name: 'Stack',
    template,
    templateBytes: 1_000,
    dependencies: [],
    findAsset: objectKey => { throw new Error(`no asset ${objectKey}`); },
    ...overrides,
  };
}

/** Deploys the resources of one stack; its assets are the directories named by their object key. */
export function deployResources(resources: Record<string, TemplateResource>): Deployment {
  return deploy([stackOf({ Resources: resources }, { findAsset: objectKey => objectKey })], ENVIRONMENT);
}

/** A role that a service can assume, with one inline policy of these statements. */
export function roleFor(service: string, ...statements: object[]): TemplateResource {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }] },
      Policies: [{ PolicyName: 'inline', PolicyDocument: { Statement: statements } }],
    },
  };
}

/** `Fn::GetAtt` of an ARN. */
export function arnOf(logicalId: string): { 'Fn::GetAtt': string[] } {
  return { 'Fn::GetAtt': [logicalId, 'Arn'] };
}
