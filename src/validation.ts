import { type Duration, Token } from 'aws-cdk-lib';

/** Throws unless the number is a token or a whole number within the bounds. */
export function checkInteger(prop: string, value: number | undefined, min: number, max = Number.MAX_SAFE_INTEGER): void {
  if (value === undefined || Token.isUnresolved(value)) return;
  if (!Number.isInteger(value) || value < min || value > max) {
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new Error(`${prop} must be a whole number ${range}, got ${value}`);
  }
}

/** Throws unless the duration is a token or a whole number of seconds within the bounds. */
export function checkDuration(prop: string, value: Duration | undefined, min: Duration, max: Duration): void {
  if (value === undefined || value.isUnresolved()) return;
  const seconds = value.toSeconds({ integral: false });
  if (!Number.isInteger(seconds) || seconds < min.toSeconds() || seconds > max.toSeconds()) {
    throw new Error(`${prop} must be a whole number of seconds from ${min.toHumanString()} to ${max.toHumanString()}, got ${value.toHumanString()}`);
  }
}

/** Throws if the list is a token: what depends on each of its elements must be known at synth. */
export function checkList(prop: string, value: readonly unknown[] | undefined): void {
  if (value !== undefined && Token.isUnresolved(value)) {
    throw new Error(`${prop} must be a list that is known at synth, got a token; tokens may stand inside its strings`);
  }
}

/** Throws if the number is a token, where the value is needed at synth. */
export function checkKnown(prop: string, value: unknown): void {
  if (Token.isUnresolved(value)) {
    throw new Error(`${prop} must be known at synth, got a token`);
  }
}
