import { demand, show } from './disagreement';

/**
 * The longest line that an event may cause, in bytes.
 *
 * Seven fields hold what the event or an error says, each cut at 2,048 characters, of which JSON can make six bytes each. CloudWatch
 * took 256 KB an entry for most of its life.
 */
export const MAX_LINE_BYTES = 96 * 1024;

/** No viewer, terminal or script may see a line end, or a command, where JSON has none: not C0, DEL, C1, nor the separators of Unicode. */
const RAW_CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;

const isText = (value: unknown) => typeof value === 'string';
const isTime = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isOne = (value: unknown) => value === 1;

/** Every field that a line can have. */
const FIELDS: Readonly<Partial<Record<string, (value: unknown) => boolean>>> = {
  level: isText,
  message: isText,
  outcome: isText,
  errorName: isText,
  errorMessage: isText,
  completed: value => Array.isArray(value) && value.every(each => each === 'lifecyclePolicy' || each === 'repositoryPolicy'),
  reason: isText,
  repositoryName: isText,
  pushedBy: isText,
  sourceIpAddress: isText,
  millisecondsSincePush: isTime,
  requestId: isText,
  redriven: value => value === true,
  messageId: isText,
  _aws: value => typeof value === 'object' && value !== null,
  FunctionName: isText,
  RepositoriesCreated: isOne,
  PushesRejected: isOne,
  CreateFailures: isOne,
  TimeToCreate: isTime,
};

/** What people search for, and only where it happened. */
const OUTCOMES: Readonly<Partial<Record<string, { level: string; message: RegExp }>>> = {
  created: { level: 'INFO', message: /^created .+ repository$/ },
  completed: { level: 'INFO', message: /^created .+ repository$/ },
  exists: { level: 'INFO', message: /^[^ ]+ repository already exists$/ },
  rejected: { level: 'WARN', message: /^rejected / },
  failed: { level: 'ERROR', message: /^failed to (create|configure) / },
  kept: { level: 'ERROR', message: /^left a message in the dead-letter queue: it is no event of this construct's rule and no record of this function$/ },
};

export type LogLine = Readonly<Record<string, unknown>> & { readonly outcome: string; readonly message: string };

/** The lines that a call wrote: each is whole, JSON, and has no fields but ours. */
export function readLog(text: string): LogLine[] {
  if (text === '') return [];
  demand('log', text.endsWith('\n'), () => `the last line is not ended: ${show(text)}`);
  return text.slice(0, -1).split('\n').map(readLine);
}

function readLine(line: string): LogLine {
  const bytes = Buffer.byteLength(line);
  demand('size', bytes <= MAX_LINE_BYTES, () => `a line has ${bytes} bytes: ${show(line)}`);
  const control = RAW_CONTROL.exec(line);
  demand('log', control === null, () => `a line has a raw control character, U+${hex(control![0])}: ${show(line)}`);
  const fields = parse(line);
  // A field that is there twice is there once after reading.
  demand('log', asAscii(JSON.stringify(fields)) === asAscii(line), () => `a line reads otherwise than it is written: ${show(line)}`);
  for (const [name, value] of Object.entries(fields)) {
    demand('log', Object.hasOwn(FIELDS, name) && FIELDS[name]!(value), () => `a line has a field that is not ours: ${name} = ${show(value)}`);
  }
  const { level, message, outcome } = fields;
  const expected = typeof outcome === 'string' && Object.hasOwn(OUTCOMES, outcome) ? OUTCOMES[outcome] : undefined;
  demand('log', expected !== undefined, () => `a line has no outcome of ours: ${show(line)}`);
  demand('log', level === expected!.level && expected!.message.test(String(message)), () => `a line does not say its outcome: ${show(line)}`);
  return fields as LogLine;
}

function parse(line: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  demand('log', typeof value === 'object' && value !== null && !Array.isArray(value), () => `a line is no JSON object: ${show(line)}`);
  return value as Record<string, unknown>;
}

/** A writer is free to escape more characters than JSON demands. */
function asAscii(json: string): string {
  return json.replace(/[^\0-\x7E]/g, character => `\\u${hex(character).toLowerCase()}`);
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
}
