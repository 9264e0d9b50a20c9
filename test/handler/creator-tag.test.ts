import { creatorTags } from '../../src/handler/creator-tag';

test('names the principal', () => {
  expect(creatorTags('by', 'arn:aws:iam::123456789012:role/ci/push')).toEqual([{ Key: 'by', Value: 'arn:aws:iam::123456789012:role/ci/push' }]);
});

test('reduces the ARN to what ECR accepts', () => {
  expect(creatorTags('by', 'arn:aws:iam::1:user/a,b\u0000\n*ü@c=d+e')).toEqual([{ Key: 'by', Value: 'arn:aws:iam::1:user/abü@c=d+e' }]);
  expect(creatorTags('by', `arn:${'x'.repeat(600)}`)[0].Value).toHaveLength(256);
});

test('is left out where it would be empty or is not asked for', () => {
  expect(creatorTags('by', undefined)).toEqual([]);
  expect(creatorTags('by', ',,*')).toEqual([]);
  expect(creatorTags(undefined, 'arn:aws:iam::1:user/jo')).toEqual([]);
});

test.each(['aws:iam', ' AWS:aws:iam', '\u0000aws:iam'])('a value that AWS reserves loses its beginning: %j', forged => {
  expect(creatorTags('created-for', forged)).toEqual([{ Key: 'created-for', Value: 'iam' }]);
});
