import { stripVTControlCharacters } from 'node:util';
import { startOf, widthOf } from '../../print/text-width.ts';

/** A line in as many lines of the window as it needs. One that is too long loses its colours. */
export function wrapLine(line: string, width: number): string[] {
  if (widthOf(line) <= width) return [line];
  const parts: string[] = [];
  for (let rest = stripVTControlCharacters(line); rest !== '';) {
    // A sign that is wider than the window is still one.
    const part = startOf(rest, width) || rest.slice(0, 1);
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return parts;
}
