/** What is installed aside: what we are compared with, and the runtimes. */
export const VERSIONS = {
  /** By the names that the figures have; of the version that runs the benchmark, its own program is taken. */
  nodes: { node20: '20.20.2', node24: '24.21.0' },
  /** The SDK that Lambda's runtime would have, and what checks the signature that is made by hand. */
  sdk: { '@aws-sdk/client-ecr': '3.1169.0', '@smithy/signature-v4': '5.7.5' },
  python: { boto3: '1.44.8', botocore: '1.44.8' },
} as const;
