import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { DeployedResource, Deployment } from './cloudformation';
import { DeploymentError } from './deployment-error';
import { objectOf, stringOf, stringsOf } from './json';

/** The code of a deployed function and of its layers, on disk. */
export class LambdaCode {
  /** Where Node.js also looks for modules: in the layers. */
  readonly nodePath?: string;
  private readonly inline?: string;
  private readonly isNode: boolean;
  private written?: string;

  constructor(private readonly deployment: Deployment, private readonly resource: DeployedResource) {
    const { Code: code, Layers: layers, Runtime: runtime } = resource.properties;
    this.inline = stringOf(objectOf(code).ZipFile);
    this.isNode = String(runtime).startsWith('nodejs');
    if (this.inline !== undefined && !this.isNode) {
      throw new DeploymentError(resource.logicalId, `the local AWS runs inline code of Node.js only, got ${String(runtime)}`);
    }
    // Of two layers with the same module, Lambda takes the later one's: it is unpacked over the other.
    const modules = stringsOf(layers).reverse().map(arn => join(this.layerDirectory(arn), 'nodejs', 'node_modules'));
    if (modules.length > 0) this.nodePath = modules.join(delimiter);
  }

  /** Where the function's own code is; inline code is written there first. */
  get directory(): string {
    const { logicalId, properties, stackName } = this.resource;
    if (this.inline !== undefined) return this.written ??= writeModule(this.inline);
    const key = stringOf(objectOf(properties.Code).S3Key);
    if (key === undefined || !this.isNode) {
      throw new Error(`${logicalId}: only Node.js functions whose code is inline or an asset can run here`);
    }
    return this.deployment.findAsset(stackName, key);
  }

  /** Removes what was written. */
  remove(): void {
    if (this.written !== undefined) rmSync(this.written, { recursive: true });
    this.written = undefined;
  }

  private layerDirectory(arn: string): string {
    const layer = this.deployment.findByArn(arn);
    const key = stringOf(objectOf(layer?.properties.Content).S3Key);
    if (layer === undefined || key === undefined) {
      throw new DeploymentError(this.resource.logicalId, `the local AWS has only layers of the deployment whose content is an asset, got ${arn}`);
    }
    return this.deployment.findAsset(layer.stackName, key);
  }
}

/** CloudFormation gives inline code that name. */
function writeModule(code: string): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'lambda-inline-')));
  writeFileSync(join(directory, 'index.js'), code);
  return directory;
}
