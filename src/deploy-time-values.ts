import { Fn, Token } from 'aws-cdk-lib';
import { placeholder } from './handler/configuration';

/** How long a deploy-time value usually is, in bytes: most are ARNs. */
export const USUAL_VALUE_BYTES = 128;

/** The others are mostly these, with some room for the partitions and Regions to come. */
const SHORT_VALUES = ['AWS::AccountId', 'AWS::Partition', 'AWS::Region'];
const SHORT_VALUE_BYTES = 16;

/** What JSON does not take in a string, and writes instead. */
const ESCAPES = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** CloudFormation replaces these in a template, wherever they stand in a text, but not in an asset. */
const DYNAMIC_REFERENCE = /\{\{resolve:[^}]*\}\}/g;

/**
 * Takes the values that are known only at deployment out of a resolved structure.
 *
 * What is left is literal, with a placeholder for each value.
 */
export class DeployTimeValues {
  /** The values as intrinsic functions or dynamic references, by the index in their placeholder. */
  public readonly values: unknown[] = [];
  private readonly indexes = new Map<string, number>();

  /** The structure with placeholders instead of the values. */
  public takeFrom(resolved: unknown): unknown {
    if (typeof resolved === 'string') return resolved.replace(DYNAMIC_REFERENCE, reference => this.placeholderOf(reference));
    if (Array.isArray(resolved)) return resolved.map(element => this.takeFrom(element));
    if (typeof resolved !== 'object' || resolved === null) return resolved;
    if (isIntrinsic(resolved)) return this.text(resolved);
    return Object.fromEntries(Object.entries(resolved).map(([key, value]) => [key, this.takeFrom(value)]));
  }

  private text(intrinsic: object): string {
    const join = 'Fn::Join' in intrinsic ? intrinsic['Fn::Join'] : undefined;
    if (Array.isArray(join) && join[0] === '' && Array.isArray(join[1])) return join[1].map(part => this.takeFrom(part)).join('');

    return this.placeholderOf(intrinsic);
  }

  private placeholderOf(value: object | string): string {
    const identity = JSON.stringify(value);
    const index = this.indexes.get(identity) ?? this.values.push(value) - 1;
    this.indexes.set(identity, index);
    return placeholder(index);
  }
}

/** How many bytes to reckon with for a value. */
export function usualBytes(value: unknown): number {
  return SHORT_VALUES.includes(String(refOf(value))) ? SHORT_VALUE_BYTES : USUAL_VALUE_BYTES;
}

/** A value inside a JSON string. It may be anything, a policy with quotation marks for example, and CloudFormation escapes nothing. */
export function inJson(value: unknown): string {
  const text = Token.asString(value);
  if (!Token.isUnresolved(text) || isNeverEscaped(value)) return text;
  return Object.entries(ESCAPES).reduce((escaped, [character, escape]) => Fn.join(escape, Fn.split(character, escaped)), text);
}

/** Pseudo parameters and ARNs are most of the values. */
function isNeverEscaped(value: unknown): boolean {
  const { 'Fn::GetAtt': attribute } = value as { readonly 'Fn::GetAtt'?: readonly string[] };
  return refOf(value)?.startsWith('AWS::') === true || attribute?.[1]?.endsWith('Arn') === true;
}

function refOf(value: unknown): string | undefined {
  return (value as { readonly Ref?: string }).Ref;
}

function isIntrinsic(value: object): boolean {
  const keys = Object.keys(value);
  return keys.length === 1 && (keys[0] === 'Ref' || keys[0].startsWith('Fn::'));
}
