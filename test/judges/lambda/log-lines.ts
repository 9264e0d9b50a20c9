import { isObject, type JsonObject, listOf, objectOf } from '../../local-aws/json';

/** What the client itself writes of an error that the function threw. */
const CLIENT_ERROR = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t(?<requestId>[\da-f-]+)\tERROR\tInvoke Error \t\{/;

/** The lines of an invocation. */
export interface SortedLines {
  /** The function's: each an object of JSON, with nothing before or after it. */
  readonly own: readonly JsonObject[];
  /** How often the client reported an error of this invocation. */
  readonly clientErrors: number;
  /** All others: there should be none. */
  readonly others: readonly string[];
}

export function sortLines(lines: readonly string[], requestId: string): SortedLines {
  const own: JsonObject[] = [];
  const others: string[] = [];
  let clientErrors = 0;
  for (const line of lines) {
    const parsed = parse(line);
    if (isObject(parsed)) own.push(parsed);
    else if (CLIENT_ERROR.exec(line)?.groups?.requestId === requestId) clientErrors++;
    else others.push(line);
  }
  return { own, clientErrors, others };
}

/**
 * The metrics that CloudWatch finds in a line, by their name.
 *
 * @returns a text where the line is not as the embedded metric format asks for
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricsIn(line: JsonObject, functionName: string): Readonly<Record<string, number>> | string {
  if (line._aws === undefined) return {};
  const { CloudWatchMetrics: directives, Timestamp: timestamp } = objectOf(line._aws);
  if (!Number.isInteger(timestamp)) return 'no Timestamp in milliseconds';
  const metrics: Record<string, number> = {};
  for (const { Dimensions: dimensions, Metrics: definitions, Namespace: namespace } of listOf(directives).map(objectOf)) {
    if (namespace !== 'EcrAutoCreate') return `the Namespace ${String(namespace)}`;
    if (JSON.stringify(dimensions) !== '[["FunctionName"]]' || line.FunctionName !== functionName) return `the Dimensions ${JSON.stringify(dimensions)}`;
    for (const { Name: name, Unit: unit } of listOf(definitions).map(objectOf)) {
      const value = line[String(name)];
      if (typeof value !== 'number') return `no value of ${String(name)}`;
      if (unit !== (name === 'TimeToCreate' ? 'Milliseconds' : 'Count')) return `the Unit ${String(unit)} of ${String(name)}`;
      metrics[String(name)] = value;
    }
  }
  return metrics;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
