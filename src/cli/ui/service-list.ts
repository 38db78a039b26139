import { countRows, groupServices, type Row } from '../../overview/services.ts';
import type { ListAnswer } from '../../protocol/answers/ports.ts';
import { groupTable, type GroupTable } from './group-table.ts';
import type { Output } from '../print/output.ts';
import { widthOf } from '../print/text-width.ts';

/** In front of the selected row; the others are as far from the edge. */
const MARK = '> ';

/** The services, one of them selected. */
export interface ServiceList {
  update(answer: ListAnswer): void;
  /** undefined: there is none. */
  selected(): Row | undefined;
  filter(): string;
  setFilter(text: string): void;
  /** @param by rows; beyond the first or the last is that one; 0: the selected one is meant, also when it is started again */
  move(by: number): void;
  /** How many there are, in words; undefined: that is not known yet. */
  summary(): string | undefined;
  /** Nothing runs that Styxy gave a port, whatever the filter hides. */
  isIdle(): boolean;
  headings(width: number): string;
  /** As many lines as fit, the selected one among them. */
  lines(width: number, height: number): string[];
}

export function createServiceList(paint: Output['paint'], select: (text: string) => string): ServiceList {
  let answer: ListAnswer | undefined;
  let filter = '';
  let key: string | undefined;
  /** What was selected first, or by hand: it is gone for a moment while it is started again. */
  let wanted: Row | undefined;
  let top = 0;
  /** Of the latest answer and filter. */
  let rows: readonly Row[] = [];
  let groups: ReturnType<typeof groupServices> = [];
  let table: { width: number; table: GroupTable } | undefined;

  function arrange(): void {
    if (!answer) return;
    const at = rows.findIndex((row) => row.key === key);
    groups = groupServices(answer, Date.now(), filter);
    rows = groups.flatMap((group) => group.rows);
    table = undefined;
    const found = rows.find((row) => row.key === key);
    // What no filter hides any more is selected as before.
    if (rows.length === 0 || (found && (!wanted || isSameService(found, wanted)))) return;
    // Started again it is another lease of the same service; in the place of one that is gone its neighbour is selected.
    const again = rows.find((row) => wanted && isSameService(row, wanted));
    const selected = again ?? found ?? rows[Math.min(Math.max(at, 0), rows.length - 1)];
    wanted ??= selected;
    key = selected?.key;
  }

  function tableFor(width: number): GroupTable {
    if (table?.width !== width)
      table = { width, table: groupTable(groups, { paint, width: Math.max(1, width - MARK.length) }) };
    return table.table;
  }

  return {
    update(next) {
      answer = next;
      arrange();
    },
    selected: () => rows.find((row) => row.key === key),
    filter: () => filter,
    setFilter(text) {
      filter = text;
      arrange();
      wanted = rows.find((row) => row.key === key) ?? wanted;
    },
    move(by) {
      const at = rows.findIndex((row) => row.key === key);
      wanted = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
      key = wanted?.key;
    },
    summary: () => answer && summaryOf(groups),
    isIdle: () => answer?.allocations.length === 0,
    headings: (width) => ' '.repeat(MARK.length) + tableFor(width).headings,
    lines(width, height) {
      const { lines } = tableFor(width);
      const at = lines.findIndex(({ row }) => row !== undefined && row.key === key);
      top = firstSeen(top, at, height, lines.length, lines[at - 1]?.row === undefined);
      return lines
        .slice(top, top + height)
        .map(({ text, row }) =>
          row === undefined
            ? text
            : row.key === key
              ? select(padded(MARK + text, width))
              : ' '.repeat(MARK.length) + text,
        );
    },
  };
}

function isSameService(row: Row, other: Row): boolean {
  return row.key === other.key || (row.name === other.name && row.folder === other.folder);
}

/** As little is moved as needed. @param isBelowHeading the line above the selected one is of it */
function firstSeen(top: number, at: number, height: number, count: number, isBelowHeading: boolean): number {
  const first = isBelowHeading ? at - 1 : at;
  const low = Math.max(0, Math.min(top, first, count - 1));
  const needed = at >= low + height ? at - height + 1 : low;
  return Math.max(0, Math.min(needed, Math.max(0, count - height)));
}

const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

function summaryOf(groups: ReturnType<typeof groupServices>): string {
  const { services, troubles, external } = countRows(groups);
  const parts = [`${services} ${services === 1 ? 'service' : 'services'}`];
  if (troubles > 0) parts.push(`${troubles} ${troubles === 1 ? 'needs' : 'need'} attention`);
  if (external > 0) parts.push(`${external} not started by Styxy`);
  return parts.join(', ');
}
