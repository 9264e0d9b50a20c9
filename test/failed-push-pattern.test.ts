import { CfnParameter } from 'aws-cdk-lib';
import { createStack, ENV, messages, only, readable, templateOf } from './fixtures';

function patternOf(allowedPrefixes?: string[], stack = createStack({ env: ENV })) {
  const template = templateOf({ allowedPrefixes }, stack);
  return { pattern: only(template, 'AWS::Events::Rule').Properties.EventPattern, info: messages(template, stack, 'info') };
}

test('matches failed pushes to the own registry, or to none named', () => {
  expect(patternOf().pattern).toEqual({
    'source': ['aws.ecr'],
    'detail-type': ['AWS API Call via CloudTrail'],
    'account': ['123456789012'],
    'region': ['eu-central-1'],
    'detail': {
      eventSource: ['ecr.amazonaws.com'],
      eventName: ['InitiateLayerUpload', 'PutImage'],
      errorCode: ['RepositoryNotFoundException'],
      requestParameters: { registryId: ['123456789012', { exists: false }] },
    },
  });
});

test('matches only allowed names', () => {
  const { pattern, info } = patternOf(['backend/', 'frontend/']);
  expect(pattern.detail.requestParameters.repositoryName).toEqual([{ prefix: 'backend/' }, { prefix: 'frontend/' }]);
  expect(info).toEqual([]);
});

test('keeps tokens', () => {
  const stack = createStack();
  const { pattern } = patternOf([`${new CfnParameter(stack, 'Team').valueAsString}/`], stack);
  expect(pattern.account).toEqual([{ Ref: 'AWS::AccountId' }]);
  expect(readable(pattern.detail.requestParameters.repositoryName[0].prefix)).toBe('<Team>/');
});

test('holds as many prefixes as EventBridge takes, to the character', () => {
  const { pattern } = patternOf(['a/']);
  const frame = JSON.stringify(pattern).length - '{"prefix":"a/"}'.length;
  const count = Math.floor((2_048 - frame) / '{"prefix":"team-10/"},'.length);
  const prefixes = Array.from({ length: count }, (_, index) => `team-${index + 10}/`);
  const spare = 2_048 - JSON.stringify(patternOf(prefixes).pattern).length;

  const full = [...prefixes.slice(0, -1), `${'x'.repeat('team-10'.length + spare)}/`];
  const exact = patternOf(full);
  expect(JSON.stringify(exact.pattern)).toHaveLength(2_048);
  expect(exact.info).toEqual([]);

  const over = patternOf([...full.slice(0, -1), `x${full[full.length - 1]}`]);
  expect(over.pattern.detail.requestParameters).toEqual({ registryId: ['123456789012', { exists: false }] });
  expect(over.info).toEqual([expect.stringMatching(/^allowedPrefixes make an event pattern of up to 2049 characters, and EventBridge takes 2048: the rule matches every name/)]);
});

test('counts tokens at their longest', () => {
  const stack = createStack();
  const prefixes = Array.from({ length: 8 }, (_, index) => new CfnParameter(stack, `Prefix${index}`).valueAsString);
  const { pattern, info } = patternOf(prefixes, stack);
  expect(pattern.detail.requestParameters).not.toHaveProperty('repositoryName');
  expect(info).toHaveLength(1);
});
