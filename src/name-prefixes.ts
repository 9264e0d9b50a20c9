import { Token } from 'aws-cdk-lib';
import { canBeginRepositoryName } from './handler/repository-name';
import { checkList } from './validation';

/** Throws unless each prefix can begin a repository name and none is there twice. */
export function checkPrefixes(prop: string, prefixes: readonly string[] | undefined): void {
  if (prefixes === undefined) return;
  checkList(prop, prefixes);
  if (prefixes.length === 0) {
    throw new Error(`${prop} must contain at least one prefix, got []; leave it out for ${prop === 'deniedPrefixes' ? 'no' : 'every'} name`);
  }
  checkDuplicates(prop, prefixes);
  prefixes.forEach((prefix, index) => checkPrefix(`${prop}[${index}]`, prefix));
}

/** Throws unless the prefix can begin a repository name. */
export function checkPrefix(prop: string, prefix: string): void {
  if (!Token.isUnresolved(prefix) && !canBeginRepositoryName(prefix)) {
    throw new Error(
      `${prop} must be the beginning of a repository name (lower-case letters and digits, joined by '.', '_', '__', '-' or '/'; 256 characters at most), got '${prefix}'`,
    );
  }
}

/** Throws if a value is there twice. */
export function checkDuplicates(prop: string, values: readonly string[]): void {
  values.forEach((value, index) => {
    if (values.indexOf(value) !== index) {
      throw new Error(`${prop} must not contain duplicates, got '${value}' at ${values.indexOf(value)} and ${index}`);
    }
  });
}

/** Throws if a denied prefix leaves nothing of an allowed one. */
export function checkDeniedPrefixes(deniedPrefixes: readonly string[] | undefined, allowedPrefixes: readonly string[] | undefined): void {
  checkPrefixes('deniedPrefixes', deniedPrefixes);
  deniedPrefixes?.forEach((denied, index) => {
    const covered = allowedPrefixes?.find(allowed => allowed.startsWith(denied));
    if (covered !== undefined) {
      throw new Error(`deniedPrefixes[${index}] must leave something of each allowed prefix, got '${denied}', which covers all of '${covered}' in allowedPrefixes`);
    }
  });
}

/** Throws unless each override can apply to a name that is created. */
export function checkOverridePrefixes(
  prefixes: readonly string[], allowedPrefixes: readonly string[] | undefined, deniedPrefixes: readonly string[] | undefined,
): void {
  prefixes.forEach((prefix, index) => {
    const prop = `repositoryOverrides[${index}].prefix`;
    checkPrefix(prop, prefix);
    if (prefixes.indexOf(prefix) !== index) {
      throw new Error(`${prop} must be the prefix of one override only, got '${prefix}', which repositoryOverrides[${prefixes.indexOf(prefix)}] has too`);
    }
    // Which names a token begins is known only at deployment.
    if (Token.isUnresolved(prefix)) return;
    const denied = deniedPrefixes?.find(other => prefix.startsWith(other));
    if (denied !== undefined) {
      throw new Error(`${prop} must begin names that are created, got '${prefix}', all of which '${denied}' in deniedPrefixes denies`);
    }
    const applies = (allowed: string) => Token.isUnresolved(allowed) || prefix.startsWith(allowed) || allowed.startsWith(prefix);
    if (allowedPrefixes !== undefined && !allowedPrefixes.some(applies)) {
      throw new Error(`${prop} must begin names that are created, got '${prefix}', which has nothing in common with allowedPrefixes`);
    }
  });
}
