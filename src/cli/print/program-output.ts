import { stripVTControlCharacters } from 'node:util';
import { visibleText } from '../../base/plain-text.ts';

const COLOUR = /(\u001b\[[\d;:]*m)/;
const NO_COLOUR = '\u001b[0m';

/**
 * A line of what a program has printed, for a terminal: in its colours, but without moving the cursor, clearing the
 * screen, or naming the window, which it did for another screen than this one.
 */
export function programLine(line: string): string {
  const parts = line.split(COLOUR);
  const text = parts.map((part, at) => (at % 2 === 1 ? part : withoutCommands(part))).join('');
  return parts.length > 1 ? text + NO_COLOUR : text;
}

/** The same without colours, for a pipe or a file. */
export function plainProgramLine(line: string): string {
  return withoutCommands(line);
}

/** Of what it printed over again, as a count of percent, the last is left; a tabulator stays what it is. */
function withoutCommands(text: string): string {
  const last = text.replace(/\r+$/, '').split('\r').at(-1)!;
  return stripVTControlCharacters(last).split('\t').map(visibleText).join('\t');
}
