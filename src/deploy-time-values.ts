import { placeholder } from './handler/configuration';

/**
 * Takes the values that are known only at deployment out of a resolved structure.
 *
 * What is left is literal, with a placeholder for each value.
 */
export class DeployTimeValues {
  /** The values as intrinsic functions, by the index in their placeholder. */
  public readonly values: unknown[] = [];
  private readonly indexes = new Map<string, number>();

  /** The structure with placeholders instead of intrinsic functions. */
  public takeFrom(resolved: unknown): unknown {
    if (Array.isArray(resolved)) return resolved.map(element => this.takeFrom(element));
    if (typeof resolved !== 'object' || resolved === null) return resolved;
    if (isIntrinsic(resolved)) return this.text(resolved);
    return Object.fromEntries(Object.entries(resolved).map(([key, value]) => [key, this.takeFrom(value)]));
  }

  private text(intrinsic: object): string {
    const join = 'Fn::Join' in intrinsic ? intrinsic['Fn::Join'] : undefined;
    if (Array.isArray(join) && join[0] === '' && Array.isArray(join[1])) return join[1].map(part => this.takeFrom(part)).join('');

    const identity = JSON.stringify(intrinsic);
    const index = this.indexes.get(identity) ?? this.values.push(intrinsic) - 1;
    this.indexes.set(identity, index);
    return placeholder(index);
  }
}

function isIntrinsic(value: object): boolean {
  const keys = Object.keys(value);
  return keys.length === 1 && (keys[0] === 'Ref' || keys[0].startsWith('Fn::'));
}
