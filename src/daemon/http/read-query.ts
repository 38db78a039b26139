import { StyxyError } from '../../base/styxy-error.ts';

/**
 * A whole number of the query; undefined when it is not there.
 * @throws StyxyError INVALID_REQUEST, with the text that was given
 */
export function wholeNumberIn(
  query: URLSearchParams,
  name: string,
  [least, most]: readonly [number, number],
): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (number >= least && number <= most) return number;
  throw new StyxyError('INVALID_REQUEST', `${name}: ${JSON.stringify(text.slice(0, 80))} is not possible`, {
    why: `it is a whole number from ${least} to ${most}`,
    details: { field: name },
  });
}
