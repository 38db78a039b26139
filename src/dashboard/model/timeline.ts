import { visibleText } from '../../base/plain-text.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { AuditEntry } from '../../protocol/answers/audit.ts';
import { lastPart } from '../../overview/services.ts';

/** A lease, from its grant to its end; or a moment. In ms since the epoch. */
export interface Bar {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly kind: 'open' | 'ended' | 'conflict';
  readonly text: string;
}

/** One service through time. */
export interface Lane {
  readonly key: string;
  readonly title: string;
  readonly bars: readonly Bar[];
}

interface Known {
  readonly lane: string;
  readonly title: string;
  readonly port: number | null;
  readonly from: number;
}

type Fact = string | null | undefined;

/** Leases and conflicts of a stretch of time, the lane with the latest event first. */
export function timeline(
  entries: readonly AuditEntry[],
  live: readonly Allocation[],
  { from, to }: { from: number; to: number },
): Lane[] {
  const open = new Map<string, Known>();
  const lanes = new Map<string, { title: string; bars: Bar[] }>();
  const add = ({ lane, title }: Pick<Known, 'lane' | 'title'>, bar: Bar): void => {
    const known = lanes.get(lane) ?? { title, bars: [] };
    lanes.set(lane, known);
    if (bar.to >= from) known.bars.push({ ...bar, from: Math.max(bar.from, from) });
  };
  for (const entry of entries) {
    const at = Date.parse(entry.time);
    const about = { ...placeOf(entry), port: entry.port, from: at };
    const id = entry.lease ?? '';
    if (entry.action === 'granted' && !open.has(id)) open.set(id, about);
    else if (entry.action === 'conflict') add(about, momentOf(about, at));
    else if (entry.action === 'released') {
      const known = open.get(id) ?? { ...about, from };
      open.delete(id);
      add(known, barOf(id, known, at, reasonOf(entry)));
    }
  }
  const ids = new Set(live.map(({ lock_id: id }) => id));
  for (const lease of live) {
    const known = open.get(lease.lock_id) ?? {
      ...placeOf(lease),
      port: lease.port,
      from: Date.parse(lease.allocated_at),
    };
    add(known, barOf(lease.lock_id, known, to, undefined));
  }
  // Their end is not in the log: the daemon was killed, or the log is younger.
  for (const [id, known] of open) if (!ids.has(id)) add(known, barOf(id, known, known.from, 'end not known'));
  return [...lanes]
    .filter(([, { bars }]) => bars.length > 0)
    .map(([key, { title, bars }]) => ({ key, title, bars }))
    .toSorted((a, b) => latest(b) - latest(a));
}

const reasonOf = ({ reason }: AuditEntry): string => (typeof reason === 'string' ? reason : 'ended');

const latest = ({ bars }: Lane): number => Math.max(...bars.map(({ to }) => to));

type Placed = { project_path?: unknown; service_name?: unknown; service_type?: Fact; type?: Fact };

function placeOf(each: Placed): Pick<Known, 'lane' | 'title'> {
  const project = typeof each.project_path === 'string' ? each.project_path : '';
  const name =
    typeof each.service_name === 'string' ? each.service_name : (each.service_type ?? each.type ?? '?');
  const title = project === '' ? name : `${name} · ${lastPart(project)}`;
  return { lane: `${project}\n${name}`, title: visibleText(title) };
}

function barOf(id: string, { title, port, from }: Known, to: number, end: string | undefined): Bar {
  const text = `${title}, port ${port ?? '?'}: ${end === undefined ? 'runs' : `ended (${end})`}`;
  return { key: id, from, to, kind: end === undefined ? 'open' : 'ended', text: visibleText(text) };
}

function momentOf({ title, port }: Known, at: number): Bar {
  const text = `${title}: conflict, another program held port ${port ?? '?'}`;
  return { key: `conflict ${at} ${port}`, from: at, to: at, kind: 'conflict', text: visibleText(text) };
}
