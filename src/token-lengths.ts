import { type Stack, Tokenization } from 'aws-cdk-lib';

/** What the longest values known today need (`aws-us-gov`, `ap-southeast-1`), and a little more for those to come. */
const LONGEST: Partial<Record<string, number>> = {
  'AWS::Partition': 16,
  'AWS::Region': 16,
  'AWS::AccountId': 12,
};

/** What else stands in a prefix cannot be longer than a repository's name. */
const LONGEST_OTHER = 256;

/** The text with each token replaced by as many characters as its value can have. */
export function atLongest(stack: Stack, text: string): string {
  return Tokenization.reverseString(text).mapTokens({
    mapToken: token => 'x'.repeat(LONGEST[stack.resolve(token)?.Ref] ?? LONGEST_OTHER),
  }).join({ join: (left, right) => `${left ?? ''}${right ?? ''}` });
}
