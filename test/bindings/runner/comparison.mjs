// Compares JSON, and says where it differs.

const SHOWN = 5;

/** Throws unless both are equal, the order of keys aside. */
export function assertEqual(actual, expected) {
  const found = [...differences(actual, expected, '')];
  if (found.length > 0) {
    throw new Error([...found.slice(0, SHOWN), ...(found.length > SHOWN ? [`and ${found.length - SHOWN} more`] : [])].map(line => `  ${line}`).join('\n'));
  }
}

function* differences(actual, expected, path) {
  if (isObject(actual) && isObject(expected) && Array.isArray(actual) === Array.isArray(expected)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      yield* differences(actual[key], expected[key], `${path}/${key}`);
    }
  } else if (actual !== expected) {
    yield `${path || '/'}: got ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`;
  }
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}
