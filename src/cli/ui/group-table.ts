import type { Group, Row, Tone } from '../../overview/services.ts';
import type { Column } from '../print/fit-columns.ts';
import { shorten, shortPath } from '../print/listeners.ts';
import type { Output, Style } from '../print/output.ts';
import { table } from '../print/table.ts';
import { endOf, widthOf } from '../print/text-width.ts';

/** A line of the picture; headings are about no service. */
export interface GroupLine {
  readonly text: string;
  readonly row: Row | undefined;
}

export interface GroupTable {
  readonly headings: string;
  readonly lines: readonly GroupLine[];
}

const COLUMNS: readonly Column[] = [
  { heading: 'SERVICE', cut: 'end', least: 10 },
  { heading: 'PORT' },
  { heading: 'STATE', cut: 'end', least: 9 },
  { heading: 'SESSION', cut: 'end', least: 8, spare: 1 },
  { heading: 'AGE' },
  { heading: 'COMMAND', cut: 'end', least: 8, spare: 0 },
];
const TONES: Readonly<Record<Tone, Style | undefined>> = {
  good: 'green',
  wait: 'cyan',
  odd: 'yellow',
  bad: 'red',
};

/** All services below the heading of their worktree, in columns that are the same for all groups. */
export function groupTable(
  groups: readonly Group[],
  out: Pick<Output, 'paint'> & { readonly width: number },
): GroupTable {
  const rows = groups.flatMap((group) => group.rows);
  // Most people have no sessions, and an empty column tells them nothing.
  const shown = COLUMNS.map(({ heading }) => heading !== 'SESSION' || rows.some(({ session }) => session));
  const isShown = (_: unknown, at: number): boolean => shown[at]!;
  const cells = rows.map((row) => cellsOf(row, out).filter(isShown));
  const [headings = '', ...lines] = table(COLUMNS.filter(isShown), cells, out).split('\n');
  let at = 0;
  return {
    headings,
    lines: groups.flatMap((group, index) => [
      ...(index > 0 ? [{ text: '', row: undefined }] : []),
      { text: headingOf(group, out), row: undefined },
      ...group.rows.map((row) => ({ text: lines[at++] ?? '', row })),
    ]),
  };
}

function cellsOf(row: Row, { paint }: Pick<Output, 'paint'>): string[] {
  const style = TONES[row.tone];
  const state = style ? paint(style, row.state) : row.state;
  return [row.name, String(row.port), state, row.session, row.age, shorten(row.command)];
}

function headingOf(
  { title, branch, path }: Group,
  { paint, width }: Pick<Output, 'paint'> & { width: number },
): string {
  const room = width - widthOf(title) - (branch === '' ? 0 : widthOf(branch) + 2) - 2;
  const place = path === '' ? '' : shortPath(path);
  // Of a path that is too long the end tells most.
  const fitting = widthOf(place) <= room ? place : room > 12 ? `…${endOf(place, room - 1)}` : '';
  return [paint('bold', title), branch && paint('magenta', branch), fitting && paint('dim', fitting)]
    .filter(Boolean)
    .join('  ');
}
