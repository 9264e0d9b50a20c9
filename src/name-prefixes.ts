import { Token } from 'aws-cdk-lib';
import { canBeginRepositoryName } from './handler/repository-name';
import { checkList } from './validation';

/** Throws unless each prefix can begin a repository name and none is there twice. */
export function checkPrefixes(prop: string, prefixes: string[] | undefined): void {
  if (prefixes === undefined) return;
  checkList(prop, prefixes);
  if (prefixes.length === 0) {
    throw new Error(`${prop} must contain at least one prefix, got []; leave it out for every name`);
  }
  prefixes.forEach((prefix, index) => {
    if (prefixes.indexOf(prefix) !== index) {
      throw new Error(`${prop} must not contain duplicates, got '${prefix}' at ${prefixes.indexOf(prefix)} and ${index}`);
    }
    if (!Token.isUnresolved(prefix) && !canBeginRepositoryName(prefix)) {
      throw new Error(
        `${prop}[${index}] must be the beginning of a repository name (lower-case letters and digits, joined by '.', '_', '__', '-' or '/'; 256 characters at most), got '${prefix}'`,
      );
    }
  });
}
