/** One row of a terminal as runs of text in one style. */

/**
 * @param line a line of the emulator's buffer
 * @param {number} columns
 * @returns {{ x: number, width: number, text: string, style: string }[]} `style` has names of classes; blanks at the end are left out
 */
export function runsOf(line, columns) {
  const runs = [];
  for (let x = 0; x < columns; x += 1) {
    const cell = line?.getCell(x);
    const width = cell?.getWidth() ?? 1;
    // The second half of a wide character.
    if (width === 0) continue;
    const text = cell?.getChars() || ' ';
    const style = cell ? styleOf(cell) : '';
    const last = runs.at(-1);
    if (last?.style === style) Object.assign(last, { text: last.text + text, width: last.width + width });
    else runs.push({ x, width, text, style });
  }
  return runs.flatMap(trimmed);
}

/** Without the blanks around it, unless they are seen. */
function trimmed(run) {
  if (/\b[iu]\b/.test(run.style)) return [run];
  const text = run.text.trim();
  const before = run.text.length - run.text.trimStart().length;
  const blanks = run.text.length - text.length;
  return text === '' ? [] : [{ ...run, text, x: run.x + before, width: run.width - blanks }];
}

function styleOf(cell) {
  const names = [
    cell.isFgPalette() && cell.getFgColor() < 16 && `c${cell.getFgColor()}`,
    cell.isBold() && 'b',
    cell.isDim() && 'd',
    cell.isInverse() && 'i',
    cell.isUnderline() && 'u',
  ];
  return names.filter(Boolean).join(' ');
}
