import { join, posix } from 'node:path';
import { type FileAssetLocation, type IResolveContext, Lazy, Stack, Token } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { DeployTimeValues } from './deploy-time-values';
import { CONFIGURATION_FILE, ENVIRONMENT, replacePlaceholders } from './handler/configuration';
import { addLateAsset } from './late-asset';
import type { RepositoryPlan } from './repository-plan';
import { distinctTokens } from './token-lengths';

const BUNDLE = join(__dirname, '..', 'assets', 'handler');

/** Where Node.js finds the handler when it comes with a layer. */
const LAYER_MODULE = 'ecr-auto-create';
const LAYER_FOLDER = `nodejs/node_modules/${LAYER_MODULE}`;

/**
 * How much of the environment the configuration, or its deploy-time values, may take, in bytes.
 *
 * Lambda's limit of 4 KB holds for all variables together, and the user may add some.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_ENVIRONMENT_BYTES = 2_560;

/** Deploy-time values are mostly ARNs and account ids. */
const USUAL_VALUE_BYTES = 128;

/** What makes a function of the bundled handler and its configuration. */
export interface HandlerCode {
  readonly code: lambda.Code;
  readonly environment: Record<string, string>;
  readonly layers: lambda.ILayerVersion[];
}

/**
 * The bundled handler with its configuration, in the smallest of three forms that holds it. None needs a call at cold start.
 *
 * 1. In an environment variable: nearly every configuration. All constructs share one asset, and the Lambda console shows the policy.
 * 2. In files beside the handler, which read a settings file only when a name needs it, with deploy-time values in the environment. Whether
 *    the first form is enough is known only at synth, because policy documents may be added to until then.
 * 3. With more deploy-time values than an environment holds: values in the function's inline code, which the console shows too, and the
 *    handler with its files in a layer.
 */
export function handlerCode(scope: Construct, plan: RepositoryPlan): HandlerCode {
  const tokens = distinctTokens(JSON.stringify(plan.handlerConfiguration()));
  const rendering = new Rendering(scope, plan);
  return tokens.length * USUAL_VALUE_BYTES > MAX_ENVIRONMENT_BYTES ? inlineCodeWithLayer(scope, rendering) : assetCode(rendering);
}

function assetCode(rendering: Rendering): HandlerCode {
  const variable = (name: string, value: () => string | undefined) => [name, rendering.lazy(value)];
  return {
    code: new SynthTimeCode(lambda.Code.fromAsset(BUNDLE), rendering, scope => rendering.fitsEnvironment
      ? undefined
      : addLateAsset(scope, { folder: { source: BUNDLE, target: '.' }, texts: rendering.files('') })),
    environment: Object.fromEntries([
      variable(ENVIRONMENT.CONFIGURATION, () => rendering.fitsEnvironment ? rendering.text : undefined),
      variable(ENVIRONMENT.VALUES, () => rendering.fitsEnvironment ? undefined : rendering.values),
    ]),
    layers: [],
  };
}

function inlineCodeWithLayer(scope: Construct, rendering: Rendering): HandlerCode {
  const layer = new lambda.LayerVersion(scope, 'HandlerLayer', {
    description: 'The handler of cdk-ecr-auto-create with its configuration',
    code: new SynthTimeCode(lambda.Code.fromAsset(BUNDLE), rendering, layerScope =>
      addLateAsset(layerScope, { folder: { source: BUNDLE, target: LAYER_FOLDER }, texts: rendering.files(LAYER_FOLDER) })),
  });
  return {
    code: lambda.Code.fromInline(rendering.lazy(() =>
      `process.env.${ENVIRONMENT.VALUES} = JSON.stringify(${rendering.values});\nexports.handler = require('${LAYER_MODULE}').handler;\n`)),
    environment: {},
    layers: [layer],
  };
}

/** Code that is chosen at synth: an asset of its own, or the one it was made with. */
class SynthTimeCode extends lambda.Code {
  public readonly isInline = false;

  constructor(
    private readonly otherwise: lambda.Code,
    private readonly rendering: Rendering,
    private readonly assetIn: (scope: Construct) => FileAssetLocation | undefined,
  ) {
    super();
  }

  public bind(scope: Construct): lambda.CodeConfig {
    const location = this.otherwise.bind(scope).s3Location;
    if (location === undefined) throw new Error('the code must be an asset');
    return {
      s3Location: {
        bucketName: this.rendering.lazy(() => this.assetIn(scope)?.bucketName ?? location.bucketName),
        objectKey: this.rendering.lazy(() => this.assetIn(scope)?.objectKey ?? location.objectKey),
      },
    };
  }
}

/** The configuration as it is at synth. */
class Rendering {
  constructor(private readonly scope: Construct, private readonly plan: RepositoryPlan) {}

  /** A value for a template, made at synth. */
  public lazy(value: () => string | undefined): string {
    const produce = (context: IResolveContext) => context.preparing
      // While the CDK looks for references between stacks, it must find all of them, wherever they end up.
      ? Stack.of(this.scope).toJsonString(this.plan.handlerConfiguration())
      : value();
    return Lazy.uncachedString({ produce });
  }

  public get fitsEnvironment(): boolean {
    const { literal, values } = this.resolved();
    return Buffer.byteLength(JSON.stringify(literal)) + values.length * USUAL_VALUE_BYTES <= MAX_ENVIRONMENT_BYTES;
  }

  /** The whole configuration as JSON. */
  public get text(): string {
    const { literal, values } = this.resolved();
    return replacePlaceholders(JSON.stringify(literal), index => Token.asString(values[index]));
  }

  /** The values that stand for the placeholders in the files, as a JSON array. */
  public get values(): string {
    return JSON.stringify(this.resolved().values.map(value => Token.asString(value)));
  }

  /** The configuration as files: one for the policy, and one for each of the settings in it. */
  public files(folder: string): Record<string, string> {
    const { settings, overrides = [], ...rules } = this.resolved().literal;
    const texts: Record<string, string> = {};
    const store = (name: string, content: unknown) => {
      texts[posix.join(folder, name)] = JSON.stringify(content, undefined, 1);
      return name;
    };
    store(CONFIGURATION_FILE, {
      ...rules,
      settings: store('settings/defaults.json', settings),
      overrides: overrides.map((override, index) => ({ ...override, settings: store(`settings/override-${index}.json`, override.settings) })),
    });
    return texts;
  }

  private resolved() {
    const deployTime = new DeployTimeValues();
    const configuration: ReturnType<RepositoryPlan['handlerConfiguration']> = Stack.of(this.scope).resolve(this.plan.handlerConfiguration());
    const literal = deployTime.takeFrom(configuration) as typeof configuration;
    return { literal, values: deployTime.values };
  }
}
