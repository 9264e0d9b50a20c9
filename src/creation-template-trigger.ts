/**
 * When ECR creates a repository by a creation template.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepositoryCreationTemplate.html
 */
export class CreationTemplateTrigger {
  /**
   * An image is pushed to a repository that does not exist.
   */
  public static readonly CREATE_ON_PUSH = new CreationTemplateTrigger('CREATE_ON_PUSH');

  /**
   * An image is pulled through a cache rule for the first time.
   *
   * The rule's repository prefix must be a prefix of the template.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
   */
  public static readonly PULL_THROUGH_CACHE = new CreationTemplateTrigger('PULL_THROUGH_CACHE');

  /**
   * An image is replicated from another Region or account to a repository that does not exist here.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
   */
  public static readonly REPLICATION = new CreationTemplateTrigger('REPLICATION');

  /**
   * A trigger that this library does not know.
   *
   * @param value as CloudFormation takes it in `AppliedFor`
   */
  public static of(value: string): CreationTemplateTrigger {
    return new CreationTemplateTrigger(value);
  }

  /**
   * As CloudFormation takes it in `AppliedFor`.
   */
  public readonly value: string;

  private constructor(value: string) {
    this.value = value;
  }
}
