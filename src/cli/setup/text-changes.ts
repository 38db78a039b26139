/** A line that goes or comes, or one around it that stays. */
export interface ChangedLine {
  sign: '-' | '+' | ' ';
  text: string;
}

/** Lines that stay around those that change. */
const AROUND = 1;
const MOST_GOING = 12;
const SHOWN_GOING = 4;

/** The lines between the first and the last that differ, with what stands around them. */
export function changedLines(before = '', after = ''): ChangedLine[] {
  const [from, to] = [linesOf(before), linesOf(after)];
  const shortest = Math.min(from.length, to.length);
  let start = 0;
  while (start < shortest && from[start] === to[start]) start += 1;
  let end = 0;
  while (end < shortest - start && from.at(-1 - end) === to.at(-1 - end)) end += 1;
  return [
    ...signed(' ', from.slice(Math.max(0, start - AROUND), start)),
    ...shortened(signed('-', from.slice(start, from.length - end))),
    ...signed('+', to.slice(start, to.length - end)),
    ...signed(' ', from.slice(from.length - end, from.length - end + AROUND)),
  ];
}

/** What goes is known to the user; what comes is shown whole. */
function shortened(lines: readonly ChangedLine[]): readonly ChangedLine[] {
  if (lines.length <= MOST_GOING) return lines;
  const left = lines.length - SHOWN_GOING;
  return [...lines.slice(0, SHOWN_GOING), { sign: '-', text: `... and ${left} more lines` }];
}

/** A line break at the end begins no line. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
}

function signed(sign: ChangedLine['sign'], lines: readonly string[]): ChangedLine[] {
  return lines.map((text) => ({ sign, text }));
}
