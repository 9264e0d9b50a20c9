import { Annotations, CfnElement, CfnResource, Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type PlannedTemplate, plannedTemplates, templatePrefix } from './creation-template-plan';
import { checkTemplateRole, createTemplateRole, grantTemplateCreation } from './creation-template-role';
import { CreationTemplateTrigger } from './creation-template-trigger';
import { checkDuplicates } from './name-prefixes';
import type { RepositoryCreationOptions } from './repository-creation-options';
import { RepositoryPlan } from './repository-plan';
import { checkList } from './validation';

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const MAX_STACK_BYTES = 1_000_000;
const MAX_STACK_RESOURCES = 500;

/**
 * Properties of `EcrCreationTemplates`.
 *
 * Each prefix, in `allowedPrefixes` and in `repositoryOverrides`, must end with a `/` and be known at synth.
 */
export interface EcrCreationTemplatesProps extends RepositoryCreationOptions {
  /**
   * When ECR creates repositories by the templates.
   *
   * An empty list and duplicates are errors.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
   * @default [CreationTemplateTrigger.CREATE_ON_PUSH]
   */
  readonly appliedFor?: CreationTemplateTrigger[];

  /**
   * The role that ECR creates repositories with. `ecr.amazonaws.com` must be trusted to assume it.
   *
   * A role of the stack's account without a path, because CloudFormation takes no other for a template. The permissions that ECR needs are
   * added to it in managed policies.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-create-iam.html
   * @default - a new role
   */
  readonly role?: iam.IRole;
}

/**
 * Makes Amazon ECR itself create repositories, with your settings: by repository creation templates.
 *
 * The first push to a repository that does not exist then succeeds, with every client. The pusher needs no permission to create it: whoever
 * may push to a covered name can cause an empty repository. With `appliedFor`, ECR does the same for the first pull through a cache rule
 * (give its repository prefix in `allowedPrefixes`, ended with a `/`) and for images replicated to this registry.
 *
 * There is one template for each allowed prefix, or a single one, `ROOT`, for every name; and one for each override that differs from what
 * the template around it says. No template covers a name that is not allowed. Of the templates that cover a name, the one with the longest
 * prefix is expected to apply; AWS documents that only of `ROOT`, which every other template precedes.
 *
 * A prefix has one template per account and Region. Two stacks cannot both have it, and it cannot move to another stack or construct in
 * one deployment: the second to create it fails with `TemplateAlreadyExists`. ECR also limits how many templates a registry has.
 *
 * A template cannot turn on scan on push: the registry's scanning configuration does that. Templates apply to new repositories only: those
 * that exist are not changed, and none is deleted with the stack.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
 *
 * @example
 *
 * new EcrCreationTemplates(this, 'EcrCreationTemplates', {
 *   allowedPrefixes: ['backend/', 'frontend/'],
 *   repositoryDefaults: {
 *     imageTagMutability: ecr.TagMutability.IMMUTABLE,
 *     lifecycleRules: [{ tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 20 }],
 *     imageScanOnPush: false,
 *   },
 *   repositoryOverrides: [{
 *     prefix: 'backend/sandbox/',
 *     settings: { imageTagMutability: ecr.TagMutability.MUTABLE },
 *   }],
 * });
 */
export class EcrCreationTemplates extends Construct {
  /**
   * The role that ECR creates repositories with.
   */
  public readonly role: iam.IRole;

  /**
   * The templates: those of the allowed prefixes, as listed, then those of overrides.
   */
  public readonly templates: ecr.CfnRepositoryCreationTemplate[];

  /**
   * Defines the templates and the role that ECR assumes.
   *
   * @param scope the construct that this one is part of; the registry is that of its stack's account and Region
   * @param id the id, unique in the scope
   * @param props which repositories are created, and what they get
   */
  constructor(scope: Construct, id: string, props: EcrCreationTemplatesProps = {}) {
    super(scope, id);
    const { appliedFor = [CreationTemplateTrigger.CREATE_ON_PUSH] } = props;
    checkTriggers(appliedFor);
    if (props.role) checkTemplateRole(this, props.role);
    const plan = new RepositoryPlan(this, props);
    const templates = plannedTemplates(plan);

    this.role = props.role ?? createTemplateRole(this, 'Role');
    const policies = grantTemplateCreation(this, this.role, plan, appliedFor);
    this.templates = templates.map(template => this.createTemplate(template, plan.owner, appliedFor));
    // The first push after a template is there must find a role that can act.
    for (const template of this.templates) template.node.addDependency(...policies);

    this.annotateScanOnPush([...templates, ...plan.overrides]);
    this.node.addValidation({ validate: () => this.validate() });
  }

  private createTemplate({ prefix, specification }: PlannedTemplate, owner: string, appliedFor: CreationTemplateTrigger[]) {
    const name = templatePrefix(prefix);
    // The id is the prefix, for a prefix has one template. The CDK makes '--' of a '/', which other prefixes have; none has a ':'.
    return new ecr.CfnRepositoryCreationTemplate(this, name.replaceAll('/', ':'), {
      prefix: name,
      description: 'Repositories that Amazon ECR creates, by cdk-ecr-auto-create',
      appliedFor: appliedFor.map(({ value }) => value),
      customRoleArn: this.role.roleArn,
      ...specification.creationTemplateSettings(owner),
    });
  }

  private annotateScanOnPush(settings: PlannedTemplate[]): void {
    const scans = settings.map(({ specification }) => specification.imageScanOnPush);
    const id = 'cdk-ecr-auto-create:templateScanOnPush';
    const reason = 'a creation template cannot turn on scan on push; use the scanning configuration of the registry (ecr.CfnRegistryScanningConfiguration)';
    if (scans.includes(true)) {
      Annotations.of(this).addWarningV2(id, `imageScanOnPush has no effect on repositories that ECR creates: ${reason}`);
    } else if (scans.includes(undefined)) {
      Annotations.of(this).addInfoV2(id, `imageScanOnPush is on by default, but not for repositories that ECR creates: ${reason}`);
    }
  }

  /** CloudFormation's limits, against what this construct alone makes at least: the CDK may indent it. */
  private validate(): string[] {
    const elements = this.node.findAll().filter(construct => CfnElement.isCfnElement(construct));
    const resources = elements.filter(element => CfnResource.isCfnResource(element)).length;
    const bytes = elements.reduce((sum, element) => sum + Buffer.byteLength(JSON.stringify(Stack.of(this).resolve(element._toCloudFormation()))), 0);
    const otherWay = 'divide them among stacks, or let EcrAutoCreate create the repositories without creationTemplates';
    return [
      ...(resources > MAX_STACK_RESOURCES
        ? [`allowedPrefixes and repositoryOverrides must make at most ${MAX_STACK_RESOURCES} resources, which a stack can have, got ${resources}; ${otherWay}`] : []),
      ...(bytes > MAX_STACK_BYTES
        ? [`repositoryDefaults and repositoryOverrides must make at most ${MAX_STACK_BYTES} bytes, which a CloudFormation template can have, got ${bytes}; shorten the policies, ${otherWay}`] : []),
    ];
  }
}

function checkTriggers(appliedFor: CreationTemplateTrigger[]): void {
  const prop = 'appliedFor';
  checkList(prop, appliedFor);
  if (appliedFor.length === 0) {
    throw new Error(`${prop} must contain at least one trigger, got []; leave it out for pushes`);
  }
  checkDuplicates(prop, appliedFor.map(({ value }) => value));
}
