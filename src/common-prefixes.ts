/** The prefixes without those that another one covers, in order. */
export function withoutCovered(prefixes: readonly string[]): string[] {
  const kept: string[] = [];
  for (const prefix of [...prefixes].sort()) {
    if (kept.length === 0 || !prefix.startsWith(kept[kept.length - 1])) kept.push(prefix);
  }
  return kept;
}

/**
 * One prefix fewer (or several): the two that have the longest beginning in common become that beginning.
 *
 * @param prefixes sorted, none covered by another
 */
export function coarsened(prefixes: readonly string[]): string[] {
  let longest = -1;
  let at = 0;
  for (let index = 1; index < prefixes.length; index++) {
    const length = commonLength(prefixes[index - 1], prefixes[index]);
    if (length > longest) {
      longest = length;
      at = index;
    }
  }
  if (longest < 0) return [...prefixes];
  const common = prefixes[at].slice(0, longest);
  return [...prefixes.filter(prefix => prefix < common), common, ...prefixes.filter(prefix => prefix > common && !prefix.startsWith(common))];
}

/**
 * The prefixes, coarsened as often as it takes until they fit.
 *
 * @param prefixes sorted, none covered by another
 */
export function coarsenedUntil(prefixes: readonly string[], fits: (coarse: string[]) => boolean): string[] {
  let coarse = [...prefixes];
  while (coarse.length > 1 && !fits(coarse)) coarse = coarsened(coarse);
  return coarse;
}

function commonLength(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length++;
  return length;
}
