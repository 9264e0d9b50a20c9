const LETTERS_AND_DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/**
 * Whether ECR takes the name: components of letters and digits, which `.`, `_`, `__` or any number of `-` join, and `/` between components.
 *
 * Written by hand, character for character, so that it shares nothing with the expression that the handler uses.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
 */
export function isNameOfEcr(name: string): boolean {
  if (name.length < 2 || name.length > 256) return false;
  return name.split('/').every(isComponent);
}

function isComponent(component: string): boolean {
  let separator = '';
  let wasAlphanumeric = false;
  for (const character of component) {
    if (LETTERS_AND_DIGITS.includes(character)) {
      if (separator !== '' && !joins(separator)) return false;
      separator = '';
      wasAlphanumeric = true;
    } else {
      // A component begins with a letter or a digit.
      if (!wasAlphanumeric) return false;
      separator += character;
    }
  }
  return wasAlphanumeric && separator === '';
}

function joins(separator: string): boolean {
  if (separator === '.' || separator === '_' || separator === '__') return true;
  for (const character of separator) {
    if (character !== '-') return false;
  }
  return true;
}
