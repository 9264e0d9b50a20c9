import type { RepositorySettings } from './repository-settings';

/** Settings that make sense only together: an override that has one of them replaces both. */
const UNITS: (keyof RepositorySettings)[][] = [
  ['encryption', 'encryptionKey'],
  ['imageTagMutability', 'imageTagMutabilityExclusionFilters'],
  ['lifecycleRules', 'lifecyclePolicyText'],
];

/** The override's settings laid over the defaults: tags by key, everything else setting by setting or unit by unit. */
export function overlay(defaults: RepositorySettings, override: RepositorySettings): RepositorySettings {
  const replaced = UNITS.filter(unit => unit.some(setting => override[setting] !== undefined)).flat();
  return {
    ...withoutUndefined(defaults, replaced),
    ...withoutUndefined(override),
    ...(defaults.tags || override.tags ? { tags: { ...defaults.tags, ...override.tags } } : {}),
  };
}

function withoutUndefined(settings: RepositorySettings, except: readonly (keyof RepositorySettings)[] = []): RepositorySettings {
  return Object.fromEntries(Object.entries(settings).filter(([setting, value]) =>
    value !== undefined && !except.includes(setting as keyof RepositorySettings)));
}
