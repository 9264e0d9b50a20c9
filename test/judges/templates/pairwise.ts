/** A value of a parameter, as the indexes of both. */
export interface Choice {
  readonly parameter: number;
  readonly value: number;
}

/** Whether two values can be together. The first values of all parameters must be able to be with every other. */
export type Compatible = (one: Choice, other: Choice) => boolean;

/**
 * Few rows, each with a value of every parameter, in which every two values that can be together are together.
 *
 * @param sizes how many values each parameter has
 * @returns the indexes of the values, by row
 */
export function pairwiseRows(sizes: readonly number[], compatible: Compatible): number[][] {
  const missing = new Map(compatiblePairs(sizes, compatible).map(pair => [keyOf(...pair), pair]));
  const rows: number[][] = [];
  while (missing.size > 0) {
    const [first] = missing.values();
    const chosen = [...first];
    for (const parameter of sizes.keys()) {
      if (first.every(choice => choice.parameter !== parameter)) chosen.push(bestChoice(parameter, chosen));
    }
    for (const pair of pairsOf(chosen)) missing.delete(keyOf(...pair));
    rows.push(chosen.sort((one, other) => one.parameter - other.parameter).map(({ value }) => value));
  }
  return rows;

  /** The value that adds the most pairs to what is chosen. */
  function bestChoice(parameter: number, chosen: readonly Choice[]): Choice {
    const possible = Array.from({ length: sizes[parameter] }, (_, value): Choice => ({ parameter, value }))
      .filter(choice => chosen.every(other => compatible(choice, other)));
    const gain = (choice: Choice) => chosen.filter(other => missing.has(keyOf(choice, other))).length;
    return possible.reduce((best, choice) => gain(choice) > gain(best) ? choice : best);
  }
}

/** Every two values, of different parameters, that can be together. */
export function compatiblePairs(sizes: readonly number[], compatible: Compatible): [Choice, Choice][] {
  const choices = sizes.flatMap((size, parameter) => Array.from({ length: size }, (_, value): Choice => ({ parameter, value })));
  return pairsOf(choices).filter(pair => compatible(...pair));
}

function pairsOf(choices: readonly Choice[]): [Choice, Choice][] {
  return choices.flatMap((one, index) => choices.slice(index + 1)
    .filter(({ parameter }) => parameter !== one.parameter)
    .map((other): [Choice, Choice] => [one, other]));
}

function keyOf(...pair: [Choice, Choice]): string {
  return pair.map(({ parameter, value }) => `${parameter}=${value}`).sort().join();
}
