/** More than any configuration has. Aliases of YAML make millions of values out of a few lines. */
const MOST_VALUES = 20_000;
const DEEPEST = 100;

/** The same value. @throws Error when it holds more than a configuration ever does */
export function bounded(value: unknown): unknown {
  const rest: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let seen = 0; rest.length > 0; seen += 1) {
    const { value: each, depth } = rest.pop()!;
    if (depth > DEEPEST) throw new Error(`it is nested more than ${DEEPEST} times`);
    if (seen + rest.length > MOST_VALUES) throw new Error(`it holds more than ${MOST_VALUES} values`);
    if (typeof each === 'object' && each !== null)
      for (const inner of Object.values(each)) rest.push({ value: inner, depth: depth + 1 });
  }
  return value;
}
