import { BrokenRule } from './broken-rule';

const POLICIES = ['LifecyclePolicy', 'RepositoryPolicy'];

/**
 * Throws at a put of a policy, unless the handler had created the repository or been told that there was no such policy.
 *
 * @param memory what it has been told before, by the process that makes the call
 */
export function checkLook(action: string, memory: readonly string[]): void {
  const policy = POLICIES.find(each => action.endsWith(each));
  if (policy === undefined || action.startsWith('Get')) return;
  const hasCreated = memory.some(line => line.startsWith('CreateRepository: {'));
  const last = memory.filter(line => line.startsWith(`Get${policy}: `)).at(-1);
  if (!hasCreated && last?.includes('does not exist for the repository') !== true) {
    throw new BrokenRule(`a handler put a ${policy} without having seen that there was none`);
  }
}
