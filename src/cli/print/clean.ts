import { visibleText } from '../../base/plain-text.ts';

/** How the colours of `Output.paint` begin, each with how it ends. */
const ENDS: Readonly<Record<string, string>> = {
  1: '22',
  2: '22',
  31: '39',
  32: '39',
  33: '39',
  34: '39',
  35: '39',
  36: '39',
};
const COLOUR = /(\u001b\[(?:1|2|22|31|32|33|34|35|36|39)m)/;

/**
 * One line for people: whatever a terminal would obey is written out, line breaks too.
 * @param isPainted colours of ours stay, each from its begin to its end; half of one is no colour of ours
 */
export function cleanLine(text: string, isPainted: boolean): string {
  if (!isPainted) return visibleText(text);
  const parts = text.split(COLOUR);
  const kept = coloursIn(parts);
  return parts.map((part, at) => (kept.has(at) ? part : visibleText(part))).join('');
}

/** Several lines, of which each is made clean. */
export function cleanLines(text: string, isPainted: boolean): string {
  return text
    .split('\n')
    .map((line) => cleanLine(line, isPainted))
    .join('\n');
}

/** Where colours stand that are ended, one inside the other. */
function coloursIn(parts: readonly string[]): Set<number> {
  const kept = new Set<number>();
  const open: { at: number; end: string | undefined }[] = [];
  for (let at = 1; at < parts.length; at += 2) {
    const code = parts[at]!.slice(2, -1);
    if (Object.hasOwn(ENDS, code)) open.push({ at, end: ENDS[code] });
    else if (open.at(-1)?.end === code) kept.add(open.pop()!.at).add(at);
  }
  return kept;
}
