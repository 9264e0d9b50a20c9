import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DeployTimeValues } from './deploy-time-values';
import { replacePlaceholders } from './handler/configuration';

/** The JSON, with what is known only at deployment as `<AWS::AccountId>` or the like. */
export function readableJson(scope: Construct, value: unknown): string {
  const deployTime = new DeployTimeValues();
  const text = JSON.stringify(deployTime.takeFrom(Stack.of(scope).resolve(value)));
  return replacePlaceholders(text, index => `<${nameOf(deployTime.values[index])}>`);
}

function nameOf(intrinsic: unknown): string {
  const [argument] = Object.values(Object(intrinsic));
  return typeof argument === 'string' ? argument : JSON.stringify(argument).replaceAll('"', '\'');
}
