// Machines are noisy: what is compared is measured in turn, in one run, many times, and the median counts.

/**
 * Runs the variants one after the other, round by round. The first round warms caches up, and does not count.
 *
 * @param variants functions that each give one sample, by name
 * @returns the samples of each, by name
 */
export async function inTurn(variants, rounds, progress) {
  const names = Object.keys(variants);
  const samples = Object.fromEntries(names.map(name => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    progress(round, rounds);
    for (let turn = 0; turn < names.length; turn++) {
      // Each round begins with another one, so that none always runs after the same.
      const name = names[(turn + round) % names.length];
      const sample = await variants[name]();
      if (round > 0) samples[name].push(sample);
    }
  }
  return samples;
}

export function median(values) {
  return quantile(values, 0.5);
}

/** How the values are spread: half of them are between the quartiles. */
export function spread(values) {
  return { median: median(values), min: Math.min(...values), lowerQuartile: quantile(values, 0.25), upperQuartile: quantile(values, 0.75) };
}

function quantile(values, portion) {
  const sorted = [...values].sort((a, b) => a - b);
  const position = portion * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.ceil(position);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

/** Copies what JSON will hold, its numbers rounded to what can be believed. */
export function rounded(value) {
  if (typeof value === 'number') return Number(value.toFixed(3));
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rounded(each)]));
  return value;
}
