import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type FileAssetLocation, FileAssetPackaging, FileSystem, type IResolveContext, Lazy, Stack, Stage, Token } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { DeployTimeValues } from './deploy-time-values';
import { CONFIGURATION_FILE, ENVIRONMENT, replacePlaceholders } from './handler/configuration';
import type { RepositoryPlan } from './repository-plan';

const BUNDLE = join(__dirname, '..', 'assets', 'handler');

/**
 * How much of the environment the configuration may take, in bytes.
 *
 * Lambda's limit of 4 KB holds for all variables together, and the user may add some.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_INLINE_BYTES = 2_560;

/** Deploy-time values are mostly ARNs and account ids. */
const USUAL_VALUE_BYTES = 128;

/**
 * The bundled handler with its configuration.
 *
 * Nearly every configuration fits into an environment variable: all constructs then share one asset, and the Lambda console shows the
 * policy. One that does not fit becomes a file beside the handler, read in under a millisecond at cold start, with its deploy-time values
 * in the environment. Which of the two is decided at synth, because policy documents may be added to until then.
 */
export class HandlerCode extends lambda.Code {
  public readonly isInline = false;
  private readonly bundle = lambda.Code.fromAsset(BUNDLE);

  constructor(private readonly plan: RepositoryPlan) {
    super();
  }

  public bind(scope: Construct): lambda.CodeConfig {
    const bundled = this.bundle.bind(scope).s3Location;
    if (bundled === undefined) throw new Error('an asset always has a location');
    const location = (context: IResolveContext, key: 'bucketName' | 'objectKey') => {
      const file = context.preparing ? undefined : this.rendered(scope).file;
      return file === undefined ? bundled[key] : addAsset(scope, file)[key];
    };
    return {
      s3Location: {
        bucketName: Lazy.uncachedString({ produce: context => location(context, 'bucketName') }),
        objectKey: Lazy.uncachedString({ produce: context => location(context, 'objectKey') }),
      },
    };
  }

  /** The environment variables that go with the code. */
  public environment(scope: Construct): Record<string, string> {
    const variable = (name: string) => Lazy.uncachedString({
      // While the CDK looks for references between stacks, it must find all of them, wherever they end up.
      produce: context => context.preparing
        ? Stack.of(scope).toJsonString(this.plan.handlerConfiguration())
        : this.rendered(scope).environment[name],
    });
    return Object.fromEntries(Object.values(ENVIRONMENT).map(name => [name, variable(name)]));
  }

  private rendered(scope: Construct): { readonly file?: string; readonly environment: Record<string, string | undefined> } {
    const deployTime = new DeployTimeValues();
    const text = JSON.stringify(deployTime.takeFrom(Stack.of(scope).resolve(this.plan.handlerConfiguration())));
    const values = deployTime.values.map(value => Token.asString(value));

    if (Buffer.byteLength(text) + values.length * USUAL_VALUE_BYTES <= MAX_INLINE_BYTES) {
      return { environment: { [ENVIRONMENT.CONFIGURATION]: replacePlaceholders(text, index => values[index]) } };
    }
    return { file: text, environment: { [ENVIRONMENT.VALUES]: JSON.stringify(values) } };
  }
}

/** The asset is added at synth, when no construct can be: hence not an `s3_assets.Asset`. */
function addAsset(scope: Construct, configuration: string): FileAssetLocation {
  const stack = Stack.of(scope);
  const stage = Stage.of(scope);
  if (stage === undefined) throw new Error('the construct must be in an App or a Stage to be synthesized');

  const sourceHash = createHash('sha256').update(FileSystem.fingerprint(BUNDLE)).update(configuration).digest('hex');
  const directory = join(stage.assetOutdir, `asset.${sourceHash}`);
  if (!existsSync(directory)) {
    // Made aside and renamed, so that no half-made asset is ever found.
    const aside = mkdtempSync(join(stage.assetOutdir, 'tmp.'));
    cpSync(BUNDLE, aside, { recursive: true });
    writeFileSync(join(aside, CONFIGURATION_FILE), configuration);
    renameSync(aside, directory);
  }
  return stack.synthesizer.addFileAsset({
    fileName: relative(stage.outdir, directory), packaging: FileAssetPackaging.ZIP_DIRECTORY, sourceHash,
  });
}
