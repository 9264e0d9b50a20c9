import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as sdk from '@aws-sdk/client-ecr';

/** An exception that AWS documents for an operation. */
export interface DocumentedException {
  readonly name: string;
  readonly statusCode: number;
}

/** A call of ECR's API that the handler makes. */
export interface HandlerCall {
  readonly action: string;
  /** Whether it changes something: its answer can then be lost when its work is done. */
  readonly changes: boolean;
  readonly exceptions: readonly DocumentedException[];
}

const HANDLER = join(__dirname, '..', '..', 'src', 'handler');
const COMMAND = /\b([A-Z]\w+)Command\b/g;
const THROWS = /@throws \{@link (\w+Exception)\} \((client|server) fault\)/g;
const READS = /^(BatchCheck|BatchGet|Describe|Get|List)/;

/** The calls by the commands in the handler's sources: a new one is here at once. */
export function handlerCalls(directory = HANDLER): HandlerCall[] {
  const sources = readdirSync(directory).filter(name => name.endsWith('.ts')).map(name => readFileSync(join(directory, name), 'utf8'));
  const actions = new Set(sources.filter(source => source.includes('@aws-sdk/client-ecr')).flatMap(source => matchesOf(source, COMMAND).map(([, action]) => action)));
  if (actions.size === 0) throw new Error(`no command of @aws-sdk/client-ecr is in ${directory}`);
  return [...actions].map(action => ({ action, changes: !READS.test(action), exceptions: documentedExceptions(action) }));
}

/** The exceptions by the SDK's types, which are generated from the service's model; at run time, no operation has a list of its errors. */
export function documentedExceptions(action: string): DocumentedException[] {
  const types = join(dirname(require.resolve('@aws-sdk/client-ecr')), '..', 'dist-types', 'commands', `${action}Command.d.ts`);
  const exceptions = matchesOf(readFileSync(types, 'utf8'), THROWS).map(([, name, fault]) => ({ name, statusCode: fault === 'server' ? 500 : 400 }));
  if (exceptions.length === 0) throw new Error(`the SDK documents no exception of ${action}: look where it says them now`);
  const unknown = exceptions.find(({ name }) => !(name in sdk));
  if (unknown !== undefined) throw new Error(`the SDK documents ${unknown.name} for ${action}, and has no such class`);
  return exceptions;
}

function matchesOf(text: string, pattern: RegExp): RegExpMatchArray[] {
  return [...text.matchAll(pattern)];
}
