import { rmSync } from 'node:fs';
import { EcrAutoCreate } from '../../src';
import { ENVIRONMENT, type HandlerConfiguration } from '../../src/handler/configuration';
import { readCloudAssembly } from '../local-aws/cloud-assembly';
import { deploy } from '../local-aws/cloudformation';
import { DEMO_PROPS, synthesizeStack } from '../local-aws/demo-app';
import { environmentOf } from '../local-aws/deployment-target';
import { objectOf, stringsOf } from '../local-aws/json';
import type { Statement } from '../local-aws/policy-document';
import { roleStatements } from '../local-aws/role-policies';

/** A construct as it is deployed: what its handler is told, and what its role may do. */
export interface DeployedConstruct {
  readonly policy: HandlerConfiguration;
  readonly statements: readonly Statement[];
}

/** Two constructs that both create under `backend/`, with a lifecycle policy and a repository policy each. */
export function deployConstructs(): [DeployedConstruct, DeployedConstruct] {
  const directory = synthesizeStack(stack => {
    new EcrAutoCreate(stack, 'One', DEMO_PROPS);
    new EcrAutoCreate(stack, 'Other', { ...DEMO_PROPS, repositoryDefaults: { ...DEMO_PROPS.repositoryDefaults, tags: { team: 'other' } } });
  });
  try {
    const artifacts = readCloudAssembly(directory);
    const deployment = deploy(artifacts, environmentOf(artifacts, {}));
    const [one, other] = deployment.resources('AWS::Lambda::Function').map(({ properties }) => ({
      policy: JSON.parse(String(objectOf(objectOf(properties.Environment).Variables)[ENVIRONMENT.CONFIGURATION])) as HandlerConfiguration,
      statements: roleStatements(deployment, String(properties.Role)).filter(({ Action }) => stringsOf(Action).some(action => action.startsWith('ecr:'))),
    }));
    return [one, other];
  } finally {
    rmSync(directory, { recursive: true });
  }
}
