import { describeApps } from './findings';
import type { SynthesizedApp } from './synthesized-apps';
import type { TemplateFile, TemplateResource, TemplateResources } from './template-files';
import { type JsonObject, listOf, objectOf, stringsOf } from '../../local-aws/json';
import type { Verdict } from '../verdict';

/** Where a reason is given. */
interface Place {
  readonly logicalId: string;
  readonly properties: JsonObject;
  readonly resources: TemplateResources;
}

/** What is the case wherever the reason is given: what a template can show of it. */
const REASONS: Readonly<Partial<Record<string, (place: Place) => boolean>>> = {
  'It is a dead-letter queue itself': place =>
    others(place, 'AWS::Events::Rule').some(rule => listOf(rule.Targets).some(target => mentions(objectOf(target).DeadLetterConfig, place)))
    && others(place, 'AWS::Lambda::EventInvokeConfig').some(({ DestinationConfig }) => mentions(objectOf(DestinationConfig).OnFailure, place)),
  'It is encrypted by keys of Amazon SQS; encryptionKey makes it a customer key': ({ properties }) =>
    properties.SqsManagedSseEnabled === true && properties.KmsMasterKeyId === undefined,
  'It is encrypted by keys of CloudWatch Logs; encryptionKey makes it a customer key': ({ properties }) => properties.KmsKeyId === undefined,

  'The repositories that may be created are known by the prefixes of their names only': ({ properties }) => {
    const wildcards = statementsOf(properties).flatMap(({ Resource }) => listOf(Resource).map(textOf)).filter(arn => arn.includes('*'));
    return wildcards.length > 0 && wildcards.every(arn => /:ecr:.*:repository\/[^*]*\*$/.test(arn));
  },
  'They are the variants of one action, on one key only': ({ properties }) => {
    const statements = statementsOf(properties).filter(({ Action }) => stringsOf(Action).some(action => action.includes('*')));
    return statements.length > 0 && statements.every(({ Action, Resource }) =>
      stringsOf(Action).every(action => /^kms:\w+\*?$/.test(action)) && listOf(Resource).length === 1 && Resource !== '*');
  },
  'AWS X-Ray and the network interfaces of AWS Lambda take no other resource': ({ properties }) => {
    const statements = statementsOf(properties).filter(({ Resource }) => listOf(Resource).includes('*'));
    return statements.length > 0 && statements.every(({ Action }) => stringsOf(Action).every(action => /^(ec2:\w*(NetworkInterface|PrivateIpAddresses|Subnets)|xray:Put)/.test(action)));
  },

  'What fails goes to the dead-letter queue as the on-failure destination of the asynchronous invocation, with the error': place =>
    others(place, 'AWS::Lambda::EventInvokeConfig').some(({ DestinationConfig, FunctionName }) =>
      mentions(FunctionName, place) && objectOf(objectOf(DestinationConfig).OnFailure).Destination !== undefined),
  'Throttled events are tried again until maxEventAge; reservedConcurrentExecutions takes a share of the account\'s concurrency for the function': place =>
    place.properties.ReservedConcurrentExecutions === undefined
    && others(place, 'AWS::Lambda::EventInvokeConfig').some(({ FunctionName, MaximumEventAgeInSeconds }) =>
      mentions(FunctionName, place) && Number(MaximumEventAgeInSeconds) > 0),
  'It calls Amazon ECR only, over TLS; vpc makes that a private connection': ({ properties }) => properties.VpcConfig === undefined,
  'The environment holds no secret, and is encrypted by a key of AWS Lambda; encryptionKey makes it a customer key': ({ properties }) =>
    properties.KmsKeyArn === undefined && Object.keys(objectOf(objectOf(properties.Environment).Variables)).every(name => /^ECR_AUTO_CREATE_/.test(name)),

  'It holds log files that CloudTrail writes once and that expire: the trail is there for its events, not as an archive': place =>
    others(place, 'AWS::CloudTrail::Trail').some(({ S3BucketName }) => mentions(S3BucketName, place))
    && listOf(objectOf(place.properties.LifecycleConfiguration).Rules).some(rule => Number(objectOf(rule).ExpirationInDays) > 0),
  'CloudTrail itself encrypts the log files with encryptionKey where that is set; the bucket encrypts all else by keys of Amazon S3': ({ properties }) =>
    JSON.stringify(properties.BucketEncryption).includes('"SSEAlgorithm":"AES256"'),
  'The trail is there for events of this Region to reach EventBridge, as the least that does it': ({ properties }) =>
    properties.IsMultiRegionTrail === false && properties.IncludeGlobalServiceEvents === false && properties.CloudWatchLogsLogGroupArn === undefined
    && listOf(properties.EventSelectors).every(selector => objectOf(selector).ReadWriteType === 'WriteOnly'),
  'The log files are encrypted by keys of Amazon S3; encryptionKey makes it a customer key': ({ properties }) => properties.KMSKeyId === undefined,
};

/** Judges whether the reasons that our suppressions give are true. */
export function judgeReasons(verdict: Verdict, templates: readonly TemplateFile[], reasons = REASONS): void {
  const untrue = new Map<string, SynthesizedApp[]>();
  const unused = new Set(Object.keys(reasons));
  for (const { app, resources } of templates) {
    for (const [logicalId, resource] of Object.entries(resources)) {
      for (const reason of reasonsOf(resource)) {
        unused.delete(reason);
        const isTrue = reasons[reason]?.({ logicalId, properties: resource.Properties ?? {}, resources }) ?? false;
        verdict.count('reasons judged');
        const what = `${resource.Type}: ${reason}`;
        if (!isTrue) untrue.set(what, [...untrue.get(what) ?? [], app]);
      }
    }
  }
  for (const [what, apps] of untrue) verdict.disagree(`a reason is not known to be true: ${what}, in ${describeApps(apps)}`);
  for (const reason of unused) verdict.disagree(`nobody gives the reason any more: ${reason}`);
}

function reasonsOf({ Metadata }: TemplateResource): Set<string> {
  return new Set([
    ...(Metadata?.cdk_nag?.rules_to_suppress ?? []).map(({ reason }) => reason),
    ...(Metadata?.checkov?.skip ?? []).map(({ comment }) => comment),
  ]);
}

const others = ({ resources }: Place, type: string): JsonObject[] =>
  Object.values(resources).flatMap(({ Properties = {}, Type }) => Type === type ? [Properties] : []);

/** Whether the value refers to the resource. */
function mentions(value: unknown, { logicalId }: Place): boolean {
  const text = JSON.stringify(value ?? {});
  return text.includes(`"Ref":"${logicalId}"`) || text.includes(`"Fn::GetAtt":["${logicalId}"`);
}

function statementsOf(policy: JsonObject): JsonObject[] {
  return listOf(objectOf(policy.PolicyDocument).Statement).map(objectOf);
}

/** An ARN, with what is known only at deployment as JSON. */
function textOf(value: unknown): string {
  const joined = objectOf(value)['Fn::Join'];
  if (!Array.isArray(joined)) return typeof value === 'string' ? value : JSON.stringify(value);
  return listOf(joined[1]).map(textOf).join(String(joined[0]));
}
