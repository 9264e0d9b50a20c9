import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Every app that is synthesized leaves a folder behind: here, and not for good. */
export function createTemporaryFolder(): void {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'tests-'));
}

export default function removeTemporaryFolder(): void {
  const folder = process.env.TMPDIR;
  if (folder !== undefined && /tests-\w+$/.test(folder)) rmSync(folder, { recursive: true, force: true });
}
