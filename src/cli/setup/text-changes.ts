import { diffArrays } from 'diff';

/** A line that goes or comes, or one around it that stays. */
export interface ChangedLine {
  sign: '-' | '+' | ' ';
  text: string;
}

/** Lines that stay around those that change. */
const AROUND = 1;
const MOST_GOING = 12;
const SHOWN_GOING = 4;

/** The lines that go and those that come, with what stands around them. */
export function changedLines(before = '', after = ''): ChangedLine[] {
  const [from, to] = [linesOf(before), linesOf(after)];
  const shortest = Math.min(from.length, to.length);
  let start = 0;
  while (start < shortest && from[start] === to[start]) start += 1;
  let end = 0;
  while (end < shortest - start && from.at(-1 - end) === to.at(-1 - end)) end += 1;
  return aroundChanges([
    ...signed(' ', from.slice(0, start)),
    ...diffArrays(from.slice(start, from.length - end), to.slice(start, to.length - end)).flatMap(
      ({ value, added, removed }) => signed(added ? '+' : removed ? '-' : ' ', value),
    ),
    ...signed(' ', from.slice(from.length - end)),
  ]);
}

/** Where nothing changes for a while, only its ends are shown. */
function aroundChanges(lines: readonly ChangedLine[]): ChangedLine[] {
  const isShown = (index: number): boolean =>
    lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ sign }) => sign !== ' ');
  const found: ChangedLine[] = [];
  let last: number | undefined;
  for (const [index, line] of lines.entries()) {
    if (!isShown(index)) continue;
    if (last !== undefined && index > last + 1) found.push({ sign: ' ', text: '...' });
    found.push(line);
    last = index;
  }
  return shortened(found);
}

/** What goes is known to the user; what comes is shown whole. */
function shortened(lines: readonly ChangedLine[]): ChangedLine[] {
  const start = lines.findIndex(({ sign }) => sign === '-');
  if (start < 0) return [...lines];
  const length = [...lines.slice(start), { sign: ' ' }].findIndex(({ sign }) => sign !== '-');
  const going = lines.slice(start, start + length);
  const note: ChangedLine = { sign: '-', text: `... and ${length - SHOWN_GOING} more lines` };
  const own = length <= MOST_GOING ? going : [...going.slice(0, SHOWN_GOING), note];
  return [...lines.slice(0, start), ...own, ...shortened(lines.slice(start + length))];
}

/** A line break at the end begins no line. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
}

function signed(sign: ChangedLine['sign'], lines: readonly string[]): ChangedLine[] {
  return lines.map((text) => ({ sign, text }));
}
