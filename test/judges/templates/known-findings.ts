/** What is found, and stays: not of our making, or only users can mend it. Each of the rules must still find it. */
export interface KnownFinding {
  readonly rules: readonly string[];
  /** Which of the findings that a rule can have on a resource. @default - the rule has only one */
  readonly finding?: RegExp;
  /** The path of the resource in its stack. */
  readonly path: RegExp;
  /** What the message has. */
  readonly message?: RegExp;
  /** It is on a resource of our constructs. @default - on one of a user */
  readonly isOurs?: boolean;
  readonly reason: string;
}

const HANDLER = /^\w+\/Handler\/Resource$/;
const inPacks = (rule: string, ...packs: string[]) => packs.map(pack => `${pack}-${rule}`);
const NIST = 'NIST.800.53.R5';
const HIPAA = 'HIPAA.Security';
const PCI = 'PCI.DSS.321';

export const KNOWN_FINDINGS: readonly KnownFinding[] = [
  // On resources of ours.
  {
    rules: ['W3005'],
    path: HANDLER,
    message: /^'\w*Role\w{8}' dependency already enforced/,
    isOurs: true,
    reason: 'The CDK makes a function depend on its role as a whole, for the policies',
  },
  {
    rules: ['W3005'],
    path: /^\w+\/Trail\/Resource$/,
    message: /^'\w*TrailBucket\w{8}' dependency already enforced/,
    isOurs: true,
    reason: 'The trail depends on its bucket as a whole, for the policy',
  },
  {
    rules: inPacks('CloudWatchAlarmAction', NIST, HIPAA),
    path: /^\w+\/Alarms\/(DeadLetters|Failures|Throttles|OldestEvent)\/Resource$/,
    isOurs: true,
    reason: 'Alarms that are given no actions have none',
  },
  {
    rules: inPacks('LambdaConcurrency', NIST, HIPAA),
    path: HANDLER,
    isOurs: true,
    reason: 'A function that is switched off by its user has no concurrency',
  },
  { rules: ['AwsSolutions-L1'], path: HANDLER, isOurs: true, reason: 'The runtime that a user chooses may be an older one' },

  // On roles of users: what we grant to them.
  {
    rules: inPacks('IAMNoInlinePolicy', NIST, HIPAA, PCI),
    path: /^(Given\/)?(CiRole|PullingRole|Role)\/(Default)?Policy\/Resource$/,
    reason: 'The CDK grants to a role in an inline policy of it',
  },
  {
    rules: ['AwsSolutions-IAM5'],
    finding: /^Resource::\*$/,
    path: /^(Given\/)?(CiRole|PullingRole)\/DefaultPolicy\/Resource$/,
    reason: 'ecr:GetAuthorizationToken takes no other resource',
  },
  {
    rules: ['AwsSolutions-IAM5'],
    finding: /^Resource::arn:<AWS::Partition>:ecr:[^:]+(::[^:]+)?:[^:]+(::[^:]+)?:repository\/([a-z]+[-/])?\*$/,
    path: /^(Given\/)?(CiRole|PullingRole)\/DefaultPolicy\/Resource$/,
    reason: 'A grant is for the names that start with the allowed prefixes',
  },
  {
    rules: ['AwsSolutions-IAM5'],
    finding: /^(Resource::\*|Action::kms:ReEncrypt\*|Action::kms:GenerateDataKey\*)$/,
    path: /^Given\/Role\/(Default)?Policy\/Resource$/,
    reason: 'A given role gets what the construct\'s own has: there it is acknowledged',
  },
  { rules: ['CKV_AWS_111'], path: /^Given\/Role\/(Default)?Policy\/Resource$/, reason: 'The same' },

  // On what else users make.
  {
    rules: [...inPacks('CloudWatchLogGroupEncrypted', NIST, HIPAA, PCI), 'CKV_AWS_158'],
    path: /^Given\/LogGroup\/Resource$/,
    reason: 'The given log group has no customer key',
  },
  { rules: ['AwsSolutions-SQS3'], path: /^Given\/(Queue|News)\/Resource$/, reason: 'The given queues have no queue for dead letters: one is such a queue' },
  { rules: ['CKV_AWS_27'], path: /^Given\/(Queue|News)\/Resource$/, reason: 'Most of the given queues have no customer key' },
  {
    rules: [...inPacks('SNSEncryptedKMS', NIST, HIPAA, PCI), 'CKV_AWS_26'],
    path: /^(Notifications|Topic)\/Resource$/,
    reason: 'The topics of an example and of the README carry names of repositories, and have no customer key',
  },
  {
    rules: ['AwsSolutions-KMS5', ...inPacks('KMSBackingKeyRotationEnabled', NIST, PCI), 'CKV_AWS_7'],
    path: /^Key\d*\/Resource$/,
    reason: 'The keys of the largest apps are there for their number',
  },

  // On the control, so that each judge is seen to find something.
  {
    rules: ['AwsSolutions-SQS3', 'AwsSolutions-SQS4', 'CKV_AWS_27', 'E3002', 'F3002'],
    path: /^Faulty\/Resource$/,
    reason: 'It was made with these faults',
  },
];
