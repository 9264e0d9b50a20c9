import { matchesArn } from '../../src/handler/arn-pattern';

const ARN = 'arn:aws:iam::123456789012:role/ci/push';

test.each([
  ARN, '*', '**', 'arn:*', '*push', 'arn:aws:iam::123456789012:role/*', 'arn:*:iam::*:role/*/push', '*ci*', `${ARN}*`, `*${ARN}`, 'arn:*p*u*s*h',
])('%s matches', pattern => expect(matchesArn(pattern, ARN)).toBe(true));

test.each([
  '', 'arn', `${ARN}x`, 'arn:aws:iam::123456789012:role', '*/pull', 'ARN:*', 'arn:*:role/push', 'arn:aws:iam::1234567890?2:role/ci/push', 'arn.aws.iam..*',
])('%j does not match', pattern => expect(matchesArn(pattern, ARN)).toBe(false));

test('agrees with a regular expression on random patterns', () => {
  const random = (length: number, alphabet: string) => Array.from({ length }, () => alphabet[Math.floor(Math.random() * alphabet.length)]).join('');
  for (let run = 0; run < 5_000; run++) {
    const pattern = random(Math.floor(Math.random() * 7), 'ab*');
    const text = random(Math.floor(Math.random() * 9), 'ab');
    const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text);
    expect([pattern, text, matchesArn(pattern, text)]).toEqual([pattern, text, expected]);
  }
});

test('takes no long time for hostile input', () => {
  expect(matchesArn(`${'*a'.repeat(100)}b`, 'a'.repeat(2_000))).toBe(false);
});
