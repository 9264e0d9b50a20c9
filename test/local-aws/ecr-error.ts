/** An error as ECR's API answers with: the SDK throws an exception of the same name. */
export class EcrError extends Error {
  constructor(readonly name: string, message: string, readonly statusCode = 400) {
    super(message);
  }
}

/** ECR's wording for a parameter that breaks one of its rules. */
export function invalidParameter(parameter: string, constraint: string): EcrError {
  return new EcrError('InvalidParameterException', `Invalid parameter at '${parameter}' failed to satisfy constraint: '${constraint}'`);
}
