export * from './creation-template-trigger';
export * from './ecr-auto-create';
export * from './ecr-auto-create-props';
export * from './ecr-creation-templates';
export * from './repository-creation-options';
export * from './repository-settings';
export type { EcrAutoCreateAlarmOptions, EcrAutoCreateAlarms } from './monitoring-alarms';
