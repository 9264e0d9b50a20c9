/** An npm package, and its version. */
type Packages = Readonly<Record<'aws-cdk-lib' | 'constructs' | 'cdk-nag', string>>;

/** The oldest CDK that is accepted, and the newest; cdk-nag 3 takes only newer ones. */
export const CDKS: { readonly oldest: Packages; readonly newest: Packages } = {
  oldest: { 'aws-cdk-lib': '2.224.0', 'constructs': '10.8.1', 'cdk-nag': '2.38.2' },
  newest: { 'aws-cdk-lib': '2.276.0', 'constructs': '10.8.1', 'cdk-nag': '3.0.2' },
};

export const CFN_LINT = '1.58.0';
export const CHECKOV = '3.3.30';

/** It takes any version of `@aws-cdk/integ-tests-alpha`, of which the project has one that takes the oldest CDK. */
export const INTEG_RUNNER = '2.197.10';
