import { Ecr } from '../../test/local-aws/ecr';
import { RegistryServer } from '../../test/local-aws/registry-server';

// ECR's API in a process of its own. It tells its parent where it listens, and, when asked, what was called since it was asked before.

async function main([partition, region, account]: readonly string[]): Promise<void> {
  const ecr = new Ecr({ partition, region, account });
  const server = await RegistryServer.start({ ecr });
  process.on('disconnect', () => void server.stop());
  process.on('message', () => process.send?.(ecr.calls.splice(0).map(({ action, error, input }) => ({ action, error, input }))));
  process.send?.(server.url);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
