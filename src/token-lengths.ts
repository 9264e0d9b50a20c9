import { type IResolvable, type Stack, Tokenization } from 'aws-cdk-lib';
import { MAX_NAME_LENGTH } from './handler/repository-name';

/** The text with each token replaced by as many characters as its value can have. */
export function atLongest(stack: Stack, text: string): string {
  // What the longest values known today need (`aws-us-gov`, `ap-southeast-1`), and a little more for those to come.
  const known = new Map([[stack.partition, 16], [stack.region, 16], [stack.account, 12]]);
  // What else stands in a prefix cannot be longer than a repository's name.
  return replaceTokens(text, token => 'x'.repeat(known.get(token.toString()) ?? MAX_NAME_LENGTH));
}

/** The text without its tokens, whose values may be short. */
export function literalPart(text: string): string {
  return replaceTokens(text, () => '');
}

/** The tokens in the text, each once, as they stand there. */
export function distinctTokens(text: string): string[] {
  return [...new Set(Tokenization.reverseString(text).tokens.map(token => token.toString()))];
}

function replaceTokens(text: string, mapToken: (token: IResolvable) => string): string {
  return Tokenization.reverseString(text).mapTokens({ mapToken }).join({ join: (left, right) => `${left ?? ''}${right ?? ''}` });
}
