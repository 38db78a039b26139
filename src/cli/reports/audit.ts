import type { AuditAnswer, AuditEntry } from '../../protocol/answers/audit.ts';
import type { EventName } from '../../protocol/events.ts';
import type { Context } from '../context.ts';
import type { Column } from '../print/fit-columns.ts';
import { shortPath } from '../print/listeners.ts';
import { localTime } from '../print/local-time.ts';
import type { Output } from '../print/output.ts';
import { table } from '../print/table.ts';

interface Flags {
  action?: string;
  type?: string;
  since?: string;
  until?: string;
  limit: number;
  all?: boolean;
  json?: boolean;
}

export async function execute(
  { reports, out }: Context,
  { json, all, limit, ...query }: Flags,
): Promise<number> {
  const answer = await (all ? reports.wholeAudit(query) : reports.audit({ ...query, limit }));
  if (json) out.json(answer);
  else print(answer, out);
  return 0;
}

const COLUMNS: readonly (string | Column)[] = [
  'TIME',
  'ACTION',
  'PORT',
  { heading: 'TYPE', spare: 2 },
  { heading: 'SERVICE', cut: 'end', least: 8, spare: 4 },
  { heading: 'PROJECT', cut: 'start', least: 12, spare: 3 },
  { heading: 'PID', spare: 1 },
  { heading: 'MORE', cut: 'end', least: 14 },
];

function print({ entries, total, statistics, damaged }: AuditAnswer, out: Output): void {
  if (damaged > 0) out.note(`${damaged} lines of the audit log can't be read`);
  if (total === 0) return out.note('Nothing of that kind has happened.');
  const rows = entries.map((entry) => row(entry, out));
  out.data(table(COLUMNS, rows, out));
  const counts = Object.entries(statistics.by_action).map(([action, count]) => `${count} ${action}`);
  const shown = entries.length < total ? ` (the last ${entries.length} of them above)` : '';
  out.note(`${total} in all${shown}: ${counts.join(', ')}`);
}

/** What has a column of its own, or is the same in every line. */
const NOT_IN_MORE: ReadonlySet<string> = new Set(
  'time action port type range lease instance user pid host service_name project_path'.split(' '),
);
const COLOURS: Partial<Record<EventName, 'green' | 'red' | 'yellow'>> = {
  granted: 'green',
  refused: 'red',
  conflict: 'yellow',
  external: 'yellow',
  drifted: 'yellow',
  orphaned: 'yellow',
  config_refused: 'red',
};

function row(entry: AuditEntry, out: Output): string[] {
  const text = (value: unknown): string =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : '-';
  const colour = COLOURS[entry.action];
  const more = Object.entries(entry)
    .filter(([name, value]) => !NOT_IN_MORE.has(name) && value !== null)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return [
    localTime(entry.time),
    colour ? out.paint(colour, entry.action) : entry.action,
    text(entry.port),
    text(entry.type),
    text(entry.service_name),
    typeof entry.project_path === 'string' ? shortPath(entry.project_path) : '-',
    text(entry.pid),
    more.join(' '),
  ];
}
