import { isDeepStrictEqual } from 'node:util';
import { largeSettings, OVERRIDES, teamPrefix } from '../../local-aws/largest-apps';
import type { Verdict } from '../verdict';
import { CONTACT } from './apps';
import type { DeployedFunction } from './deployed-function';
import type { Deployments } from './deployments';
import { failedPush, type Pusher } from './failed-pushes';
import { ACCOUNT, ENVIRONMENT, type Moto } from './moto';
import { readRepository } from './repositories';

export const LARGEST = { stackName: 'Largest', id: 'EcrAutoCreate' };

/** Creates by some overrides of the largest configuration, whose texts come with the function's code, and its tokens in the environment. */
export async function judgeLargest(
  verdict: Verdict, moto: Moto, deployments: Deployments, deployed: DeployedFunction, pusher: Pusher,
): Promise<void> {
  const kmsKey = deployments.only('AWS::KMS::Key', { stackName: LARGEST.stackName }).arn;
  const roleArn = deployments.only('AWS::IAM::Role', { stackName: LARGEST.stackName, id: 'Deployer' }).arn ?? '';
  for (const team of [0, Math.floor(OVERRIDES / 2), OVERRIDES - 1]) {
    const name = `${teamPrefix(team)}largest`;
    const { failure, lines } = await deployed.run(await failedPush(moto, pusher, name));
    verdict.check('handler runs', failure === undefined && lines[0]?.outcome === 'created', () => `${name}: ${JSON.stringify({ failure, lines })}`);
    const { encryptionConfiguration, lifecyclePolicy, repositoryPolicy, tags } = await readRepository(moto, name);
    const { tags: ownTags, ...expected } = largeSettings(team, { account: ACCOUNT, partition: ENVIRONMENT.partition, roleArn, parameter: CONTACT });
    const found = { encryptionConfiguration, lifecyclePolicy, repositoryPolicy };
    const areThere = Object.entries(ownTags).every(([key, value]) => tags[key] === value);
    verdict.check('repositories compared', areThere && isDeepStrictEqual(found, { ...expected, encryptionConfiguration: { encryptionType: 'KMS', kmsKey } }),
      () => `${name} is ${JSON.stringify({ ...found, tags })}`);
  }
}
