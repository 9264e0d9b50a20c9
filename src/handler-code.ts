import { join, posix } from 'node:path';
import { type FileAssetLocation, type IResolveContext, Lazy, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { DeployTimeValues, inJson, USUAL_VALUE_BYTES, usualBytes } from './deploy-time-values';
import { CONFIGURATION_FILE, ENVIRONMENT, type HandlerConfiguration, replacePlaceholders } from './handler/configuration';
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

/** All that Lambda takes. */
const LAMBDA_ENVIRONMENT_BYTES = 4_096;

/** What makes a function of the bundled handler and its configuration. */
export interface HandlerCode {
  readonly code: lambda.Code;
  readonly environment: Record<string, string>;
  readonly layers: lambda.ILayerVersion[];
}

/**
 * The bundled handler with its configuration, in one of three forms that hold it. None needs a call at cold start.
 *
 * 1. In an environment variable: nearly every configuration. All constructs share one asset, and the Lambda console shows the policy.
 * 2. In files beside the handler, which reads a settings file only when a name needs it, with deploy-time values in the environment. Whether
 *    the first form is enough is known only at synth, because policy documents may be added to until then.
 * 3. With more deploy-time values than an environment holds, or longer ones: values in the function's inline code, which the console shows
 *    too, and the handler with its files in a layer.
 */
export function handlerCode(scope: Construct, plan: RepositoryPlan): HandlerCode {
  const configuration = plan.handlerConfiguration();
  const rendering = new Rendering(scope, plan);
  const tokens = distinctTokens(JSON.stringify(configuration));
  return tokens.length * USUAL_VALUE_BYTES > MAX_ENVIRONMENT_BYTES || hasHiddenPolicy(configuration)
    ? inlineCodeWithLayer(scope, rendering)
    : assetCode(scope, rendering);
}

/** Whether a value is a whole policy, of unknown length. */
function hasHiddenPolicy({ settings, overrides = [] }: HandlerConfiguration): boolean {
  return [settings, ...overrides.map(override => override.settings)].some(({ lifecyclePolicy }) => typeof lifecyclePolicy === 'string');
}

function assetCode(scope: Construct, rendering: Rendering): HandlerCode {
  // There is no layer, and none can be added any more.
  scope.node.addValidation({
    validate: () => {
      const { values } = rendering.configuration;
      if (values.reduce((sum: number, value) => sum + usualBytes(value), 0) <= LAMBDA_ENVIRONMENT_BYTES) return [];
      return [`repositoryPolicy must have its tokens before the construct is made, got documents with ${values.length} deploy-time values at synth: more than the function's environment holds`];
    },
  });
  return {
    code: new SynthTimeCode(lambda.Code.fromAsset(BUNDLE), rendering, (codeScope, configuration) => configuration.fitsEnvironment
      ? undefined
      : addLateAsset(codeScope, { folder: { source: BUNDLE, target: '.' }, texts: configuration.files('') })),
    environment: {
      [ENVIRONMENT.CONFIGURATION]: rendering.text(configuration => configuration.fitsEnvironment ? configuration.text : undefined),
      [ENVIRONMENT.VALUES]: rendering.part('', configuration => configuration.fitsEnvironment ? undefined : configuration.valuesText),
    },
    layers: [],
  };
}

function inlineCodeWithLayer(scope: Construct, rendering: Rendering): HandlerCode {
  const layer = new lambda.LayerVersion(scope, 'HandlerLayer', {
    description: 'The handler of cdk-ecr-auto-create with its configuration',
    code: new SynthTimeCode(lambda.Code.fromAsset(BUNDLE), rendering, (layerScope, configuration) =>
      addLateAsset(layerScope, { folder: { source: BUNDLE, target: LAYER_FOLDER }, texts: configuration.files(LAYER_FOLDER) })),
  });
  return {
    code: lambda.Code.fromInline(rendering.text(({ valuesText }) =>
      `process.env.${ENVIRONMENT.VALUES} = JSON.stringify(${valuesText});\nexports.handler = require('${LAYER_MODULE}').handler;\n`)),
    environment: {},
    layers: [layer],
  };
}

/** Code that is chosen at synth: an asset of its own, or the one it was made with. */
class SynthTimeCode extends lambda.Code {
  public readonly isInline = false;
  private readonly assets = new WeakMap<ResolvedConfiguration, Partial<FileAssetLocation>>();

  constructor(
    private readonly otherwise: lambda.Code,
    private readonly rendering: Rendering,
    private readonly assetIn: (scope: Construct, configuration: ResolvedConfiguration) => FileAssetLocation | undefined,
  ) {
    super();
  }

  public bind(scope: Construct): lambda.CodeConfig {
    const location = this.otherwise.bind(scope).s3Location;
    if (location === undefined) throw new Error('the code must be an asset');
    const { bucketName, objectKey } = location;
    return {
      s3Location: {
        bucketName: this.rendering.part(bucketName, configuration => this.asset(scope, configuration).bucketName ?? bucketName),
        objectKey: this.rendering.part(objectKey, configuration => this.asset(scope, configuration).objectKey ?? objectKey),
      },
    };
  }

  private asset(scope: Construct, configuration: ResolvedConfiguration): Partial<FileAssetLocation> {
    const asset = this.assets.get(configuration) ?? this.assetIn(scope, configuration) ?? {};
    this.assets.set(configuration, asset);
    return asset;
  }
}

/** Renders the configuration as it is at synth. */
class Rendering {
  /** A large configuration takes a third of a second to resolve, and is asked for a dozen times in a synth. */
  private resolved?: ResolvedConfiguration;
  private isFinal = false;

  constructor(private readonly scope: Construct, private readonly plan: RepositoryPlan) {
    // Validation comes when the references between stacks are found and replaced: what tokens resolve to stays the same from then on.
    scope.node.addValidation({
      validate: () => {
        this.isFinal = true;
        return [];
      },
    });
  }

  public get configuration(): ResolvedConfiguration {
    const resolved = this.resolved ?? new ResolvedConfiguration(Stack.of(this.scope).resolve(this.plan.handlerConfiguration()));
    if (this.isFinal) this.resolved = resolved;
    return resolved;
  }

  /** The value of a property, made at synth. Of each resource that has deploy-time values, one property must be made by this. */
  public text(value: (configuration: ResolvedConfiguration) => string | undefined): string {
    return this.lazy(value, context => {
      // While the CDK looks for references between stacks, it must find all of them, wherever they end up.
      context.resolve(this.plan.handlerConfiguration());
      return '';
    });
  }

  /** The value of another property. @param prepared what it is while the CDK looks for references */
  public part(prepared: string, value: (configuration: ResolvedConfiguration) => string | undefined): string {
    return this.lazy(value, () => prepared);
  }

  private lazy(value: (configuration: ResolvedConfiguration) => string | undefined, prepare: (context: IResolveContext) => string): string {
    const produce = (context: IResolveContext) => {
      if (!context.preparing) return value(this.configuration);
      // Another synth has begun.
      this.isFinal = false;
      this.resolved = undefined;
      return prepare(context);
    };
    return Lazy.uncachedString({ produce });
  }
}

/** The configuration as literal text, with placeholders for its deploy-time values. */
class ResolvedConfiguration {
  public readonly values: readonly unknown[];
  public readonly fitsEnvironment: boolean;
  private readonly literal: HandlerConfiguration;
  private readonly literalText: string;

  /** @param configuration with intrinsic functions instead of tokens */
  constructor(configuration: HandlerConfiguration) {
    const deployTime = new DeployTimeValues();
    this.literal = deployTime.takeFrom(configuration) as HandlerConfiguration;
    this.literalText = JSON.stringify(this.literal);
    this.values = deployTime.values;
    const longest = replacePlaceholders(this.literalText, index => 'x'.repeat(usualBytes(this.values[index])));
    this.fitsEnvironment = Buffer.byteLength(longest) <= MAX_ENVIRONMENT_BYTES;
  }

  /** The whole configuration as JSON, with tokens. */
  public get text(): string {
    return replacePlaceholders(this.literalText, index => inJson(this.values[index]));
  }

  /** The values that stand for the placeholders in the files, as a JSON array. */
  public get valuesText(): string {
    return `[${this.values.map(value => `"${inJson(value)}"`).join()}]`;
  }

  /** The configuration as files: one for the policy, and one for each of the settings in it. */
  public files(folder: string): Record<string, string> {
    const { settings, overrides = [], ...rules } = this.literal;
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
}
