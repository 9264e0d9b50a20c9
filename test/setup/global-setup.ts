import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { createTemporaryFolder } from './temporary-folder';

/** The constructs ship the bundled handler as their function's code: it has to be there, and be today's. */
export default function setUp(): void {
  createTemporaryFolder();
  execFileSync(process.execPath, [join(__dirname, '..', '..', 'scripts', 'bundle-handler.mjs')], { stdio: ['ignore', 'ignore', 'inherit'] });
}
