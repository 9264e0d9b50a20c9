import type { DeployedResource, Deployment } from './cloudformation';
import { stringOf } from './json';
import { statementsOf } from './policy-document';
import { evaluateForService, ServicePrincipal } from './resource-policy';
import { evaluateForRole } from './role-policies';

/** A KMS key as the properties of other resources name it: by id, ARN or alias. */
export class KmsKey {
  private readonly key?: DeployedResource;

  constructor(private readonly deployment: Deployment, private readonly id: string) {
    const aliased = deployment.resources('AWS::KMS::Alias').find(({ physicalId }) => physicalId === this.name);
    const target = stringOf(aliased?.properties.TargetKeyId) ?? id;
    this.key = deployment.resources('AWS::KMS::Key').find(({ physicalId, arn }) => physicalId === target || arn === target);
  }

  /** Whether AWS owns the key's policy: services that act on their own behalf cannot use such a key. */
  get isAwsManaged(): boolean {
    return this.name.startsWith('alias/aws/');
  }

  /** Whether the key's policy lets a service do all of this; of a key that is not of the deployment, it is believed. */
  allowsService(principal: ServicePrincipal, actions: readonly string[]): boolean {
    if (this.isAwsManaged) return false;
    const statements = this.key === undefined ? undefined : statementsOf(this.key.properties.KeyPolicy);
    return statements === undefined
      || actions.every(action => evaluateForService(statements, principal, { action, resource: this.arn, context: {} }) === 'allowed');
  }

  /**
   * The first of the actions that a role's policies do not let it do with the key, by way of a service.
   *
   * The key's own policy is taken to leave the decision to IAM, as CDK's does.
   */
  firstDenied(roleArn: string, actions: readonly string[], service: string): string | undefined {
    if (this.isAwsManaged) return undefined;
    const context = { 'kms:ViaService': `${service}.${this.deployment.environment.region}.amazonaws.com` };
    return actions.find(action => evaluateForRole(this.deployment, roleArn, { action, resource: this.arn, context }) !== 'allowed');
  }

  get arn(): string {
    const { account, partition, region } = this.deployment.environment;
    if (this.key?.arn !== undefined) return this.key.arn;
    if (this.id.startsWith('arn:')) return this.id;
    return `arn:${partition}:kms:${region}:${account}:${this.id.startsWith('alias/') ? '' : 'key/'}${this.id}`;
  }

  /** The id or alias without the ARN around it. */
  private get name(): string {
    return this.id.replace(/^arn:[^:]*:kms:[^:]*:[^:]*:/, '');
  }
}
