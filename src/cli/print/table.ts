import { stripVTControlCharacters } from 'node:util';
import { cleanLine } from './clean.ts';
import { fitColumns, type Column } from './fit-columns.ts';
import type { Output } from './output.ts';
import { endOf, startOf, widthOf } from './text-width.ts';

/** Of a cell that all lines of a pipe are aligned to; one that is longer pushes the rest of its own line. */
const LONGEST_ALIGNED = 100;

/**
 * Rows under headings, aligned; the last column is never padded. Widths count columns of a terminal, not colour codes.
 * @param out where it will be read; when left out, or when that is no window, all is shown, however long
 */
export function table(
  columns: readonly (string | Column)[],
  rows: readonly (readonly string[])[],
  out?: Pick<Output, 'width' | 'paint'>,
): string {
  const clean = rows.map((row) => row.map((cell) => cleanLine(cell, true)));
  const wanted = columns.map((column) => (typeof column === 'string' ? { heading: column } : column));
  const isAligned = (width: number): boolean => out?.width !== undefined || width <= LONGEST_ALIGNED;
  const natural = wanted.map(({ heading }, at) =>
    Math.max(widthOf(heading), ...clean.map((row) => widthOf(row[at] ?? '')).filter(isAligned)),
  );
  const shown = fitColumns(wanted, natural, out?.width);
  const last = shown.at(-1)?.at;
  const line = (cells: readonly string[]): string =>
    shown
      .map(({ at, width: room, cut }) =>
        pad(cutTo(cells[at] ?? '', room, out?.width === undefined ? undefined : cut), at === last ? 0 : room),
      )
      .join('  ')
      .trimEnd();
  const headings = wanted.map(({ heading }) => out?.paint('dim', heading) ?? heading);
  return [headings, ...clean].map(line).join('\n');
}

/** Labels and values, one below the other. */
export function facts(
  pairs: readonly (readonly [label: string, value: string | null | undefined])[],
): string {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const longest = Math.max(...known.map(([label]) => widthOf(label)));
  return known.map(([label, value]) => `${pad(label, longest)}  ${cleanLine(value!, true)}`).join('\n');
}

/** A sentence in lines of this width; only a word that is longer is broken. */
export function wrapWords(text: string, width = text.length): string[] {
  const room = Math.max(1, width);
  return text.match(new RegExp(`\\S.{0,${room - 1}}(?=\\s|$)|\\S{${room}}`, 'g')) ?? [text];
}

const pad = (text: string, to: number): string => text + ' '.repeat(Math.max(0, to - widthOf(text)));

/** What is cut keeps its colour. */
function cutTo(text: string, room: number, side: 'start' | 'end' | undefined): string {
  if (side === undefined || widthOf(text) <= room) return text;
  const plain = stripVTControlCharacters(text);
  const rest = side === 'start' ? `…${foldersAtEnd(plain, room - 1)}` : `${startOf(plain, room - 1)}…`;
  return text.replace(plain, () => rest);
}

/** Whole folders of a path, if at least half of the room is used. */
function foldersAtEnd(text: string, room: number): string {
  const end = endOf(text, room);
  const slash = end.indexOf('/');
  return slash > 0 && widthOf(end.slice(0, slash)) <= room / 2 ? end.slice(slash) : end;
}
