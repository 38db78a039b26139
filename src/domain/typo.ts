import { editDistance } from '../base/nearest-name.ts';

/**
 * The known name that this one was most likely meant to be; undefined for a name of its own. Stricter than a guess
 * for a hint: what is taken for a typo is refused. Case never makes a name of its own; digits always do (`api2`,
 * `worker-7`), and so does another number of parts (`database-pg`).
 * @param known names somebody has written down
 * @param made names that came from requests, which often form a series (`svca`, `svcb`): a typo of them is only a letter
 * too many, too few, or out of place
 */
export function typoOf(name: string, known: readonly string[], made: readonly string[]): string | undefined {
  return (
    known.find((candidate) => isTypo(name, candidate, fewEdits)) ??
    made.find((candidate) => isTypo(name, candidate, slipOfTheHand))
  );
}

type IsSlip = (part: string, meant: string) => boolean;

function isTypo(name: string, meant: string, isSlip: IsSlip): boolean {
  const [parts, meantParts] = [partsOf(name), partsOf(meant)];
  return (
    name !== meant &&
    parts.length === meantParts.length &&
    parts.every((part, index) => part === meantParts[index] || isSlip(part, meantParts[index] ?? ''))
  );
}

const partsOf = (name: string): string[] => name.toLowerCase().split(/[-_.]/);
const withoutDigits = (text: string): string => text.replaceAll(/\d/g, '');

/** The longer a word, the more of it may be wrong; of two letters ("ui") nothing may. */
function fewEdits(part: string, meant: string): boolean {
  if (withoutDigits(part) === withoutDigits(meant)) return false;
  const allowed = meant.length >= 6 ? 2 : meant.length >= 3 ? 1 : 0;
  return editDistance(part, meant) <= allowed;
}

function slipOfTheHand(part: string, meant: string): boolean {
  if (meant.length < 5 || /\d/.test(part + meant) || editDistance(part, meant) !== 1) return false;
  return part.length !== meant.length || sorted(part) === sorted(meant);
}

const sorted = (text: string): string => text.split('').toSorted().join('');
