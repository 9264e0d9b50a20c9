/**
 * Whether the ARN matches the pattern, in which `*` stands for any characters.
 *
 * In time proportional to both lengths at most, whatever they hold.
 */
export function matchesArn(pattern: string, arn: string): boolean {
  let position = 0;
  let star = -1;
  let resume = 0;
  let index = 0;
  while (index < arn.length) {
    if (pattern[position] === '*') {
      star = position++;
      resume = index;
    } else if (pattern[position] === arn[index]) {
      position++;
      index++;
    } else if (star >= 0) {
      position = star + 1;
      index = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[position] === '*') position++;
  return position === pattern.length;
}
