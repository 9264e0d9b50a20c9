export * from './ecr-auto-create';
export * from './ecr-auto-create-props';
export * from './repository-settings';
