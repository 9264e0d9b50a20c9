import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The constructs ship the bundled handler as their function's code: it has to be there, and be today's. */
export default function bundleHandler(): void {
  execFileSync(process.execPath, [join(__dirname, '..', '..', 'scripts', 'bundle-handler.mjs')], { stdio: ['ignore', 'ignore', 'inherit'] });
}
