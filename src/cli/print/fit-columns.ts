import { widthOf } from './text-width.ts';

/** A column of a table, and what may be done to it in a narrow window. */
export interface Column {
  heading: string;
  /** Which end of a long cell may be cut off. */
  cut?: 'start' | 'end';
  /** What must be left of a cell that is cut; as much as the heading when left out. */
  least?: number;
  /** Columns with a number may be left out, the lowest first. */
  spare?: number;
}

/** A column that is shown: the place of its cells in a row, and the room it gets. */
interface Shown {
  at: number;
  width: number;
  cut: Column['cut'];
}

const GAP = 2;

/**
 * Which columns a window has room for, and how wide each is. First long cells are cut, then columns are left out, then
 * what these leave is given back. What does not fit even so is left to the terminal to wrap.
 * @param natural the widths of the columns when nothing is cut
 */
export function fitColumns(
  columns: readonly Column[],
  natural: readonly number[],
  room = Number.POSITIVE_INFINITY,
): Shown[] {
  const inOrder = columns
    .map(({ spare }, at) => ({ spare, at }))
    .filter(({ spare }) => spare !== undefined)
    .toSorted((a, b) => a.spare! - b.spare!)
    .map(({ at }) => at);
  const all = columns.map((_, at) => at);
  for (let leftOut = 0; ; leftOut += 1) {
    const without = new Set(inOrder.slice(0, leftOut));
    const shown = all.filter((at) => !without.has(at));
    const { widths, fit } = shrink(shown, columns, natural, room);
    if (fit || leftOut === inOrder.length)
      return shown.map((at, index) => ({ at, width: widths[index]!, cut: columns[at]!.cut }));
  }
}

/** The widest column that may be cut gives way, one column of the terminal at a time. */
function shrink(
  shown: readonly number[],
  columns: readonly Column[],
  natural: readonly number[],
  room: number,
): { widths: number[]; fit: boolean } {
  const widths = shown.map((at) => natural[at]!);
  const least = shown.map((at) => {
    const { heading, cut, least: given = 0 } = columns[at]!;
    return cut === undefined ? natural[at]! : Math.max(widthOf(heading), given);
  });
  let over = widths.reduce((sum, width) => sum + width, GAP * (shown.length - 1)) - room;
  for (; over > 0; over -= 1) {
    const spareRoom = widths.map((width, index) => (width > least[index]! ? width : 0));
    const widest = Math.max(...spareRoom);
    if (widest === 0) return { widths, fit: false };
    widths[spareRoom.indexOf(widest)]! -= 1;
  }
  return { widths, fit: true };
}
