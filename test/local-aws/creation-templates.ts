import { AccessControl, tagContext } from './access-control';
import type { DeployedResource, Deployment } from './cloudformation';
import { DeploymentError } from './deployment-error';
import { Ecr, EcrError } from './ecr';
import { listOf, objectOf, stringOf, stringsOf } from './json';
import { canBeAssumedBy } from './role-policies';
import { startRoleSession } from './role-session';

export interface CreationTemplatesOptions {
  readonly ecr: Ecr;
  readonly access: AccessControl;
  /** Told when a repository was created, or why it was not though a template covers its name. */
  readonly onCreation: (repositoryName: string, template: DeployedResource, refusal?: string) => void;
}

/** As what ECR creates repositories where a template has no role of its own. */
const SERVICE_LINKED_ROLE = 'role/aws-service-role/ecr.amazonaws.com/AWSServiceRoleForECRTemplate';

/** The deployed repository creation templates: what ECR does by itself when a push finds no repository. */
export class CreationTemplates {
  private readonly templates: readonly DeployedResource[];

  constructor(private readonly deployment: Deployment, private readonly options: CreationTemplatesOptions) {
    this.templates = deployment.resources('AWS::ECR::RepositoryCreationTemplate');
    this.templates.forEach((template, index) => {
      if (this.templates.slice(0, index).some(other => prefixOf(other) === prefixOf(template))) {
        throw new DeploymentError(template.logicalId, `TemplateAlreadyExistsException: the prefix ${prefixOf(template)} has a template`);
      }
      validate(deployment, template);
    });
  }

  /** Creates a repository that was pushed to, by the template with the longest prefix that is for that; without one, does nothing. */
  createOnPush(repositoryName: string): boolean {
    const template = this.templates
      .filter(({ properties }) => stringsOf(properties.AppliedFor).includes('CREATE_ON_PUSH'))
      .filter(candidate => repositoryName.startsWith(prefixOf(candidate)))
      .sort((left, right) => prefixOf(left).length - prefixOf(right).length)
      .at(-1);
    if (template === undefined) return false;
    try {
      apply(template, repositoryName, this.options.ecr, this.authorize(template, repositoryName));
    } catch (error) {
      if (!(error instanceof EcrError)) throw error;
      this.options.onCreation(repositoryName, template, error.message);
      return false;
    }
    this.options.onCreation(repositoryName, template);
    return true;
  }

  /** @returns the ARN of whom ECR acts as */
  private authorize(template: DeployedResource, repositoryName: string): string {
    const { CustomRoleArn: customRole, EncryptionConfiguration: encryption, ResourceTags: tags } = template.properties;
    const { account, partition } = this.deployment.environment;
    const roleArn = stringOf(customRole);
    const session = startRoleSession(roleArn ?? `arn:${partition}:iam::${account}:${SERVICE_LINKED_ROLE}`, 'ecr');
    this.options.access.register(session);
    if (roleArn === undefined) {
      if (listOf(tags).length > 0 || objectOf(encryption).KmsKey !== undefined) {
        throw denied('the service-linked role cannot set tags or use a KMS key');
      }
      return session.callerArn;
    }
    if (!canBeAssumedBy('ecr.amazonaws.com', this.deployment, roleArn)) throw denied(`ecr.amazonaws.com may not assume ${roleArn}`);
    const resource = this.options.ecr.repositoryArn(repositoryName);
    const context = tagContext(Object.fromEntries(listOf(tags).map(objectOf).map(({ Key: key, Value: value }) => [String(key), String(value)])));
    const actions = listOf(tags).length > 0 ? ['ecr:CreateRepository', 'ecr:TagResource'] : ['ecr:CreateRepository'];
    actions.forEach(action => this.options.access.check(session, { action, resource, context }));
    return session.callerArn;
  }
}

/** ECR refuses a template of which it could not make a repository. */
function validate(deployment: Deployment, template: DeployedResource): void {
  try {
    apply(template, `${prefixOf(template)}repository`, new Ecr(deployment.environment), '');
  } catch (error) {
    throw new DeploymentError(template.logicalId, error instanceof Error ? error.message : String(error));
  }
}

function apply({ properties }: DeployedResource, repositoryName: string, ecr: Ecr, caller: string): void {
  const { EncryptionType: encryptionType, KmsKey: kmsKey } = objectOf(properties.EncryptionConfiguration);
  const filters = listOf(properties.ImageTagMutabilityExclusionFilters).map(objectOf).map(filter => ({
    filterType: filter.ImageTagMutabilityExclusionFilterType,
    filter: filter.ImageTagMutabilityExclusionFilterValue,
  }));
  ecr.call('CreateRepository', {
    repositoryName,
    imageTagMutability: properties.ImageTagMutability,
    ...(filters.length > 0 && { imageTagMutabilityExclusionFilters: filters }),
    ...(encryptionType !== undefined && { encryptionConfiguration: { encryptionType, kmsKey } }),
    tags: properties.ResourceTags,
  }, caller);
  const { LifecyclePolicy: lifecyclePolicyText, RepositoryPolicy: policyText } = properties;
  if (lifecyclePolicyText !== undefined) ecr.call('PutLifecyclePolicy', { repositoryName, lifecyclePolicyText }, caller);
  if (policyText !== undefined) ecr.call('SetRepositoryPolicy', { repositoryName, policyText }, caller);
}

/** What a covered name starts with: ECR ends a prefix with a slash, and `ROOT` covers what no other template does. */
function prefixOf({ properties: { Prefix: prefix } }: DeployedResource): string {
  return prefix === 'ROOT' ? '' : `${String(prefix).replace(/\/$/, '')}/`;
}

function denied(message: string): EcrError {
  return new EcrError('AccessDeniedException', message);
}
