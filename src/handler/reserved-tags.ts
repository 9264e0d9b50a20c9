/** For people: what made the repository. */
export const CREATED_BY_TAG = { key: 'created-by', value: 'cdk-ecr-auto-create' } as const;

/** Names the construct that created a repository. By it, and only by it, a handler knows its own work. */
export const OWNER_TAG_KEY = 'cdk-ecr-auto-create:owner';
