/** A pattern in which `*` stands for any characters and `?` for one, as IAM writes them. */
export function globToRegExp(pattern: string, flags = ''): RegExp {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(`^${source}$`, `s${flags}`);
}
