import { stableSuffix } from './physical-resource';

/** What a function acts with: a session of its role, and the credentials of that. */
export interface RoleSession {
  readonly roleArn: string;
  /** The ARN of the session, which is what services see of the caller. */
  readonly callerArn: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
}

/** Starts a session of a role; that of one name is always the same. */
export function startRoleSession(roleArn: string, sessionName: string): RoleSession {
  const [, partition, , , account] = roleArn.split(':');
  const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  return {
    roleArn,
    callerArn: `arn:${partition}:sts::${account}:assumed-role/${roleName}/${sessionName}`,
    credentials: {
      accessKeyId: `ASIA${stableSuffix(16, roleArn, sessionName)}`,
      secretAccessKey: stableSuffix(40, 'secret', roleArn, sessionName),
      sessionToken: stableSuffix(40, 'token', roleArn, sessionName),
    },
  };
}
