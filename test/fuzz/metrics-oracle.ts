import { demand, show } from './disagreement';
import type { LogLine } from './log-line';

/** The metrics of each outcome, with CloudWatch's units. */
const UNITS: Readonly<Record<string, string>> = {
  RepositoriesCreated: 'Count', PushesRejected: 'Count', CreateFailures: 'Count', TimeToCreate: 'Milliseconds',
};

const METRICS: Readonly<Partial<Record<string, { always: string[]; sometimes: string[] }>>> = {
  created: { always: ['RepositoriesCreated'], sometimes: ['TimeToCreate'] },
  completed: { always: [], sometimes: ['TimeToCreate'] },
  rejected: { always: ['PushesRejected'], sometimes: [] },
  failed: { always: ['CreateFailures'], sometimes: ['RepositoriesCreated'] },
  exists: { always: [], sometimes: [] },
  kept: { always: [], sometimes: [] },
};

/** A line's metrics are those of its outcome, announced as CloudWatch reads them, and nothing that an event says is one. */
export function checkMetrics(line: LogLine): void {
  const { always, sometimes } = METRICS[line.outcome]!;
  const there = Object.keys(UNITS).filter(name => Object.hasOwn(line, name));
  demand('metrics', always.every(name => there.includes(name)) && there.every(name => always.includes(name) || sometimes.includes(name)),
    () => `the metrics of ${line.outcome} are ${show(there)}`);
  // What is replayed says nothing of how long a creation takes.
  demand('metrics', !(line.redriven === true && there.includes('TimeToCreate')), () => `a replayed event has a time to create: ${show(line)}`);
  if (there.length === 0) {
    demand('metrics', !Object.hasOwn(line, '_aws') && !Object.hasOwn(line, 'FunctionName'), () => `metrics are announced and not there: ${show(line)}`);
    return;
  }
  const { CloudWatchMetrics: directives, Timestamp: timestamp, ...others } = line._aws as Record<string, unknown>;
  demand('metrics', Number.isInteger(timestamp) && Object.keys(others).length === 0, () => `the metadata is not ours: ${show(line._aws)}`);
  const metrics = there.map(Name => ({ Name, Unit: UNITS[Name] }));
  const [directive, ...more] = directives as { Namespace: unknown; Dimensions: unknown; Metrics: typeof metrics }[];
  demand('metrics', more.length === 0 && directive.Namespace === 'EcrAutoCreate' && JSON.stringify(directive.Dimensions) === '[["FunctionName"]]',
    () => `the metrics go elsewhere: ${show(directives)}`);
  const announced = [...directive.Metrics].sort((left, right) => there.indexOf(left.Name) - there.indexOf(right.Name));
  demand('metrics', JSON.stringify(announced) === JSON.stringify(metrics), () => `announced are ${show(announced)}, and there are ${show(metrics)}`);
  demand('metrics', line.FunctionName === process.env.AWS_LAMBDA_FUNCTION_NAME, () => `the dimension is ${show(line.FunctionName)}`);
}
