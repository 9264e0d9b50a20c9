/** The same patterns are asked for again and again, with every request. */
const known = new Map<string, RegExp>();

/** A pattern in which `*` stands for any characters and `?` for one, as IAM writes them. */
export function globToRegExp(pattern: string, flags = ''): RegExp {
  const key = `${flags}/${pattern}`;
  let regExp = known.get(key);
  if (regExp === undefined) {
    const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
    regExp = new RegExp(`^${source}$`, `s${flags}`);
    known.set(key, regExp);
  }
  return regExp;
}
