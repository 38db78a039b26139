import { stripVTControlCharacters } from 'node:util';

/** Rows under headings, aligned; the last column is never padded. Widths count characters, not colour codes. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => width(line[column] ?? ''))));
  return lines
    .map((line) =>
      line.map((cell, column) => pad(cell, column === line.length - 1 ? 0 : widths[column]!)).join('  '),
    )
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Labels and values, one below the other. */
export function facts(
  pairs: readonly (readonly [label: string, value: string | null | undefined])[],
): string {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const longest = Math.max(...known.map(([label]) => label.length));
  return known.map(([label, value]) => `${pad(label, longest)}  ${value}`).join('\n');
}

const width = (text: string): number => stripVTControlCharacters(text).length;
const pad = (text: string, to: number): string => text + ' '.repeat(Math.max(0, to - width(text)));
