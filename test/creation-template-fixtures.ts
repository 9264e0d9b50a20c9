import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { EcrCreationTemplates, type EcrCreationTemplatesProps, type RepositoryOverride, type RepositorySettings } from '../src';
import { createStack } from './fixtures';

export const TYPE = 'AWS::ECR::RepositoryCreationTemplate';

/** The template of a stack with just this construct. */
export function templateOf(props: EcrCreationTemplatesProps = {}, stack: Stack = createStack()): Template {
  new EcrCreationTemplates(stack, 'Templates', props);
  return Template.fromStack(stack);
}

/** Settings for a prefix that are not the defaults. */
export function override(prefix: string, settings: RepositorySettings = { imageTagMutability: ecr.TagMutability.IMMUTABLE }): RepositoryOverride {
  return { prefix, settings };
}
