import { visibleText } from '../base/plain-text.ts';
import type { Allocation } from '../protocol/answers/allocation.ts';
import type { ExternalListener } from '../protocol/answers/listener.ts';
import type { ListAnswer } from '../protocol/answers/ports.ts';
import { othersOfRun } from '../protocol/same-run.ts';
import { ageText } from './units.ts';

/** How a row looks: `good` runs as it should, `wait` may still come, `odd` needs a look, `bad` needs a hand. */
export type Tone = 'good' | 'wait' | 'odd' | 'bad';

/** A service, or a program outside of Styxy; every text can be shown as it is. */
export interface Row {
  readonly key: string;
  readonly name: string;
  /** The port that it was given, or listens on. */
  readonly port: number;
  readonly state: string;
  readonly tone: Tone;
  /** What to do about it. */
  readonly advice: string;
  readonly type: string;
  readonly url: string;
  /** Something answers there. */
  readonly isOpenable: boolean;
  readonly age: string;
  readonly command: string;
  readonly folder: string;
  readonly session: string;
  readonly pid: number | null;
  /** Undefined: Styxy has not started it. */
  readonly lockId: string | undefined;
  /** A run keeps it, which can start its command again. */
  readonly isRun: boolean;
  readonly reason: string;
  /** Memory and processor of its tree; empty where that is not known. */
  readonly load: string;
}

/** What runs in one worktree. */
export interface Group {
  readonly key: string;
  readonly title: string;
  readonly branch: string;
  readonly path: string;
  readonly rows: readonly Row[];
}

const NOWHERE = 'Outside of any project';

/** The services by worktree, those that need somebody first; rows by port. */
export function groupServices(
  { allocations, external }: ListAnswer,
  now: number,
  filter = '',
  loads: ReadonlyMap<string, string> = new Map(),
): Group[] {
  const groups = new Map<string, { branch: string; path: string; rows: Row[] }>();
  const add = (path: string | null, branch: string | null, row: Row): void => {
    const key = path ?? '';
    const group = groups.get(key) ?? { branch: '', path: visibleText(key), rows: [] };
    groups.set(key, group);
    if (branch !== null) group.branch = visibleText(branch);
    group.rows.push(row);
  };
  for (const each of allocations)
    add(each.project_path, each.branch, rowOfLease(each, now, loads.get(each.lock_id) ?? ''));
  for (const each of external) add(each.project_path, each.branch, rowOfListener(each, now));
  return [...groups]
    .map(([key, group]) => ({
      key,
      ...group,
      title: key === '' ? NOWHERE : lastPart(group.path),
      rows: group.rows.filter((row) => fits(row, group, filter)).toSorted((a, b) => a.port - b.port),
    }))
    .filter(({ rows }) => rows.length > 0)
    .toSorted((a, b) => urgency(b) - urgency(a) || compareTitles(a, b));
}

const compareTitles = (a: Group, b: Group): number =>
  Number(a.key === '') - Number(b.key === '') || a.title.localeCompare(b.title) || (a.key < b.key ? -1 : 1);

const URGENCY: Readonly<Record<Tone, number>> = { good: 0, wait: 0, odd: 0, bad: 1 };
const urgency = ({ rows }: Pick<Group, 'rows'>): number => Math.max(...rows.map(({ tone }) => URGENCY[tone]));

export const lastPart = (path: string): string => path.split('/').findLast((part) => part !== '') ?? path;

function fits(row: Row, { branch, path }: { branch: string; path: string }, filter: string): boolean {
  const text = [row.name, row.port, row.state, row.type, row.command, row.session, branch, path]
    .join(' ')
    .toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const nameOf = ({ service_name: name, service_type: type }: Allocation): string => visibleText(name ?? type);

/** The other services of its run: an order to the run is about them too. */
export function namesAlong(
  { lockId, isRun }: Row,
  { allocations }: Pick<ListAnswer, 'allocations'>,
): string[] {
  const lease = allocations.find(({ lock_id: id }) => id === lockId);
  return lease && isRun ? othersOfRun(lease, allocations).map(nameOf) : [];
}

function rowOfLease(lease: Allocation, now: number, load: string): Row {
  const { state, tone, advice } = judge(lease);
  return {
    key: lease.lock_id,
    name: nameOf(lease),
    port: lease.port,
    state,
    tone,
    advice,
    type: visibleText(lease.service_type),
    url: lease.name_url ?? lease.url,
    isOpenable: lease.state !== 'granted',
    age: ageText(lease.allocated_at, now),
    command: visibleText(lease.command ?? ''),
    folder: visibleText([lease.project_path ?? '', lease.service_folder ?? ''].filter(Boolean).join('/')),
    session: visibleText(lease.instance_id ?? ''),
    pid: lease.process_id,
    lockId: lease.lock_id,
    isRun: lease.holder.kind === 'connection',
    reason: visibleText(lease.reason?.text ?? ''),
    load,
  };
}

type Judged = Pick<Row, 'state' | 'tone' | 'advice'>;

function judge({ state, port, actual_ports: actual, outsiders, holder }: Allocation): Judged {
  const rival = outsiders?.[0];
  if (rival) {
    const command = visibleText(rival.command ?? 'a program');
    const who = rival.pid === null ? "another user's program" : `pid ${rival.pid} (${command})`;
    const advice = `${who} listens on ${port} without a lease: end it, or start this service again`;
    return { state: `conflict: port ${port} is taken`, tone: 'bad', advice };
  }
  if (state === 'bound') return { state: 'listening', tone: 'good', advice: '' };
  if (state === 'drifted') {
    const where = actual.join(' and ');
    const advice = `its program does not read the port that it was given (${port}): set it in the tool's own configuration, or run it with --remap`;
    return { state: `drifted: on ${where} instead of ${port}`, tone: 'bad', advice };
  }
  if (state === 'orphaned')
    return {
      state: 'orphaned: left running',
      tone: 'odd',
      advice: 'what started it is gone, and it still uses the port: stop it if nobody needs it',
    };
  const isReserved = holder.kind === 'ttl' || holder.kind === 'instance';
  return { state: isReserved ? 'reserved' : 'starting', tone: 'wait', advice: '' };
}

function rowOfListener(listener: ExternalListener, now: number): Row {
  const { port, address, pid, command, cwd, service_type: type, since, container } = listener;
  const name = container ? container.name : command === null ? `port ${port}` : programOf(command);
  return {
    key: `external ${port} ${address} ${pid ?? ''}`,
    name: visibleText(name),
    port,
    state: 'external: no lease',
    tone: 'odd',
    advice: 'it was started without Styxy; styxy run in front of its command gives it a port of its own',
    type: visibleText(type),
    url: `http://localhost:${port}`,
    isOpenable: true,
    age: ageText(since, now),
    command: visibleText(command ?? "another user's program"),
    folder: visibleText(cwd ?? ''),
    session: '',
    pid,
    lockId: undefined,
    isRun: false,
    reason: '',
    load: '',
  };
}

/** What people call the program of a command line: `vite` of `node /home/me/shop/node_modules/.bin/vite --port 3000`. */
function programOf(command: string): string {
  const [first = '', second] = command.split(' ');
  const file = lastPart(first);
  const isInterpreter = /^(node|bun|deno|python[\d.]*|ruby|php|perl|sh|bash)$/.test(file);
  return isInterpreter && second !== undefined && !second.startsWith('-') ? lastPart(second) : file;
}

/** The groups with at most that many rows together. */
export function firstRows(groups: readonly Group[], count: number): Group[] {
  let rest = count;
  return groups.flatMap((group) => {
    const rows = group.rows.slice(0, Math.max(0, rest));
    rest -= group.rows.length;
    return rows.length === 0 ? [] : [rows.length === group.rows.length ? group : { ...group, rows }];
  });
}

export interface Totals {
  readonly services: number;
  readonly troubles: number;
  readonly external: number;
}

export function countRows(groups: readonly Group[]): Totals {
  const rows = groups.flatMap((group) => group.rows);
  return {
    services: rows.filter(({ lockId }) => lockId !== undefined).length,
    troubles: rows.filter(({ tone, lockId }) => lockId !== undefined && (tone === 'bad' || tone === 'odd'))
      .length,
    external: rows.filter(({ lockId }) => lockId === undefined).length,
  };
}

/** The variables by which other programs find the service, for a shell or a dotenv file. */
export function environmentOf({ name, port, url }: Pick<Row, 'name' | 'port' | 'url'>): string {
  const variable = name
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d)/, '_');
  return `${variable}_PORT=${port}\n${variable}_URL=${url}\n`;
}
