/** Why AWS would refuse the deployment. */
export class DeploymentError extends Error {
  /** @param logicalId The resource at fault, or the stack's name where it is not one resource. */
  constructor(readonly logicalId: string, message: string) {
    super(`${logicalId}: ${message}`);
    this.name = 'DeploymentError';
  }
}
