// https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html
const REFUSED_CHARACTERS = /[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu;
const MAX_VALUE_LENGTH = 256;

/** ECR refuses it in values too. No ARN begins so, but who forges an event may. */
const RESERVED_BEGINNING = /^(\p{Z}*aws:)+/iu;

/** The tag that names who caused a repository; none if the event does not say. */
export function creatorTags(key: string | undefined, principalArn: string | undefined): { Key: string; Value: string }[] {
  // Reduced again, as the cut may have left half a character.
  const value = principalArn?.replace(REFUSED_CHARACTERS, '').replace(RESERVED_BEGINNING, '').slice(0, MAX_VALUE_LENGTH).replace(REFUSED_CHARACTERS, '').trim();
  return key === undefined || !value ? [] : [{ Key: key, Value: value }];
}
