import { rmSync } from 'node:fs';
import { CfnParameter, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { synthesizeStack } from './demo-app';
import { LocalAws } from './local-aws';
import { buildOciImage } from './oci-image';
import { findPushClient } from './push-clients';
import { pushUntilAccepted } from './push-loop';
import { EcrAutoCreate, type RepositorySettings } from '../../src';

/** What JSON and JavaScript do not take in a string as it is. */
const AWKWARD = 'say "no" to C:\\temp\\ and\n\ttabs`${x}`\\';

const policyOf = (description: string) => ({
  rules: [{ rulePriority: 1, description, selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 7 }, action: { type: 'expire' } }],
});

/** The repository that a push creates. */
async function createdWith(parameter: string, settingsOf: (parameter: string, stack: Stack) => RepositorySettings, overrides = 0) {
  const assembly = synthesizeStack(stack => new EcrAutoCreate(stack, 'EcrAutoCreate', {
    repositoryDefaults: settingsOf(new CfnParameter(stack, 'Parameter').valueAsString, stack),
    repositoryOverrides: Array.from({ length: overrides }, (_, index) => ({
      prefix: `other-${index}/`, settings: { encryptionKey: new kms.Key(stack, `Key${index}`) },
    })),
  }));
  const aws = await LocalAws.deploy(assembly, { parameters: { Parameter: parameter } });
  try {
    const reference = { host: aws.registryHost, repository: 'backend/api', tag: '1.0' };
    await pushUntilAccepted(await findPushClient('embedded'), buildOciImage(1), reference, () => aws.idle(), 2);
    expect(aws.functions[0].invocations.map(({ failure }) => failure)).toEqual([undefined]);
    const { Code } = aws.deployment.resources('AWS::Lambda::Function')[0].properties;
    return { repository: aws.ecr.repositories.get('backend/api')!, isInline: 'ZipFile' in (Code as object) };
  } finally {
    await aws.close();
    rmSync(assembly, { recursive: true });
  }
}

describe('a value with quotation marks, backslashes and line breaks is what it was', () => {
  const awkward = (length: number) => (parameter: string) => ({ lifecyclePolicyText: JSON.stringify(policyOf(`${parameter}${'x'.repeat(length)}`)) });

  test.each<[string, number, number, boolean]>([
    ['in the environment', 10, 0, false],
    ['in files', 5_000, 0, false],
    ['in inline code', 10, 25, true],
  ])('%s', async (_, length, overrides, inline) => {
    const { isInline, repository } = await createdWith(AWKWARD, awkward(length), overrides);
    expect(JSON.parse(repository.lifecyclePolicyText!)).toEqual(policyOf(`${AWKWARD}${'x'.repeat(length)}`));
    expect(isInline).toBe(inline);
  });
});

test('a whole lifecycle policy can be a parameter', async () => {
  const text = JSON.stringify(policyOf(AWKWARD), undefined, 2);
  const { repository } = await createdWith(text, lifecyclePolicyText => ({ lifecyclePolicyText }));
  expect(repository.lifecyclePolicyText).toBe(text);
});
