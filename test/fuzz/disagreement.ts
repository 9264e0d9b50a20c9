/** What is checked after each case. */
export type Oracle = 'policy' | 'completeness' | 'others' | 'tags' | 'log' | 'size' | 'metrics' | 'throws' | 'queue';

/** The handler did what the contract forbids, or left out what it demands. */
export class Disagreement extends Error {
  constructor(readonly oracle: Oracle, message: string) {
    super(`[${oracle}] ${message}`);
    this.name = 'Disagreement';
  }
}

/** Fails the case unless the condition holds. */
export function demand(oracle: Oracle, holds: boolean, message: () => string): void {
  if (!holds) throw new Disagreement(oracle, message());
}

/** A value for a message: short, whatever it is. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : stringify(value);
  return text.length <= 400 ? text : `${text.slice(0, 400)}… (${text.length} characters)`;
}

function stringify(value: unknown): string {
  if (value instanceof Error) return value.stack ?? String(value);
  try {
    return String(JSON.stringify(value));
  } catch (error) {
    return `something that is not JSON: ${String(error)}`;
  }
}

/** What a terminal would obey is written out. */
export function printable(text: string): string {
  return text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
