/** Something happened that may happen in no order of the calls. A handler does not get it: it would take it for an error of ECR. */
export class BrokenRule extends Error {}
