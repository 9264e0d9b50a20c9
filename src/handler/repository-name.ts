const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const NAME = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const PREFIX = new RegExp(`^(?:${COMPONENT}/)*(?:${COMPONENT}(?:\\.|_|__|-+)?)?$`);
const ENDS_INSIDE_NAME = /[a-z0-9]$/;

const MIN_LENGTH = 2;

/** The longest repository name that ECR accepts, in characters. */
export const MAX_NAME_LENGTH = 256;

/**
 * Whether ECR accepts this as the name of a repository.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
 */
export function isRepositoryName(name: string): boolean {
  return name.length >= MIN_LENGTH && name.length <= MAX_NAME_LENGTH && NAME.test(name);
}

/** Whether a name that ECR accepts can begin with this prefix. */
export function canBeginRepositoryName(prefix: string): boolean {
  const shortestName = ENDS_INSIDE_NAME.test(prefix) ? prefix.length : prefix.length + 1;
  return prefix !== '' && shortestName <= MAX_NAME_LENGTH && PREFIX.test(prefix);
}
