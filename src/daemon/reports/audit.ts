import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { messageOf } from '../../base/styxy-error.ts';
import type { Catalog } from '../../domain/service-type.ts';
import { AUDIT_ACTIONS, readAuditQuery, type AuditFilter } from '../../protocol/audit-filter.ts';
import type { AuditAnswer, AuditEntry } from '../../protocol/answers/audit.ts';
import type { AuditQuery } from '../../protocol/requests/queries.ts';
import type { DaemonEvent } from '../../protocol/answers/events.ts';
import type { EventName } from '../../protocol/events.ts';
import { countEntry, emptyAudit } from '../../protocol/audit-count.ts';
import { readLines } from '../../system/files/read-lines.ts';
import { openRotatingFile } from '../../system/files/rotating-file.ts';
import { ownUserName } from '../../system/process/users.ts';
import type { EventBus } from '../ledger/events.ts';
import { createQueue } from '../ledger/queue.ts';

const ROTATION = { largest: 10 * 1024 * 1024, kept: 5 };
/** Entries are collected for this time and written at once: no request waits for it, and a kill costs no more. */
const COLLECT_MS = 50;
/** Command lines and environments may hold passwords. */
const MAY_BE_SECRET: ReadonlySet<string> = new Set([
  'command',
  'argv',
  'args',
  'env',
  'environment',
  'token',
]);

export interface Audit {
  answer(query?: AuditQuery): Promise<AuditAnswer>;
  /** Every entry that fits, oldest first: some lines at a time. @throws StyxyError INVALID_REQUEST at once */
  lines(query: AuditQuery): AsyncIterable<string>;
  /** Entries that could not be written since the start. */
  readonly lost: number;
  /** Writes what was collected, and keeps no more. */
  close(): void;
}

interface AuditParts {
  readonly path: string;
  readonly events: Pick<EventBus, 'subscribe'>;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Keeps what happened as JSON lines. A full disk costs entries, never an answer. */
export function createAudit({ path, events, catalog, clock, log }: AuditParts): Audit {
  const file = openRotatingFile(path, ROTATION);
  const toEntry = createEntries(catalog);
  const kept: ReadonlySet<EventName> = new Set(AUDIT_ACTIONS);
  const inTurn = createQueue();
  let collected: AuditEntry[] = [];
  let timer: NodeJS.Timeout | undefined;
  let lost = 0;

  const unsubscribe = events.subscribe((event) => {
    if (!kept.has(event.event)) return;
    collected.push(toEntry(event));
    timer ??= setTimeout(flush, COLLECT_MS).unref();
  });

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (collected.length === 0) return;
    const entries = collected;
    collected = [];
    try {
      file.append(entries.map(toLine).join(''));
    } catch (error) {
      if (lost === 0) log.warn('the audit log can not be written', { error: messageOf(error) });
      lost += entries.length;
    }
  }

  return {
    get lost() {
      return lost;
    },
    async answer(query = {}) {
      const filter = readAuditQuery(query, clock());
      // One at a time: however many ask at once, the log is read in bounded memory.
      return inTurn(() => {
        flush();
        return search(file.files(), filter);
      });
    },
    lines(query) {
      const filter = readAuditQuery(query, clock());
      flush();
      return linesOf(file.files(), filter);
    },
    close() {
      unsubscribe();
      flush();
    },
  };
}

function createEntries(catalog: Catalog): (event: DaemonEvent) => AuditEntry {
  const [user, host] = [ownUserName(), hostname()];
  return ({ event, time, port, lock_id, service_type: type, instance_id, pid, ...facts }) => ({
    time,
    action: event,
    port: port ?? null,
    type: type ?? null,
    range: rangeOf(catalog, type),
    lease: lock_id ?? null,
    instance: instance_id ?? null,
    user,
    pid: pid ?? process.pid,
    host,
    ...facts,
  });
}

function rangeOf(catalog: Catalog, type: string | undefined): [number, number] | null {
  const range = type === undefined ? undefined : catalog.types.get(type)?.range;
  return range ? [range[0], range[1]] : null;
}

const toLine = (entry: AuditEntry): string =>
  `${JSON.stringify(entry, (key, value: unknown) => (MAY_BE_SECRET.has(key) ? undefined : value))}\n`;

async function search(files: readonly string[], filter: AuditFilter): Promise<AuditAnswer> {
  const answer = emptyAudit();
  for await (const lines of readLines(worthReading(files, filter))) {
    for (const line of lines) {
      if (line === '') continue;
      const entry = entryIn(line);
      if (!entry) answer.damaged += 1;
      else if (fits(entry, filter)) countEntry(entry, answer);
    }
    // Cut in between as well, so that no more than a batch is ever kept beyond what was asked for.
    answer.entries.splice(0, answer.entries.length - filter.limit);
  }
  return answer;
}

async function* linesOf(files: readonly string[], filter: AuditFilter): AsyncGenerator<string> {
  for await (const lines of readLines(worthReading(files, filter))) {
    const found = lines.filter((line) => {
      const entry = entryIn(line);
      return entry !== undefined && fits(entry, filter);
    });
    if (found.length > 0) yield `${found.join('\n')}\n`;
  }
}

const worthReading = (files: readonly string[], { since }: AuditFilter): readonly string[] =>
  since === undefined ? files : files.filter((file) => wasWrittenAfter(file, since));

function wasWrittenAfter(file: string, since: number): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= since;
}

function entryIn(line: string): AuditEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEntry(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is AuditEntry {
  if (typeof value !== 'object' || value === null || !('time' in value) || !('action' in value)) return false;
  return typeof value.action === 'string' && typeof value.time === 'string';
}

function fits({ action, type, time }: AuditEntry, filter: AuditFilter): boolean {
  if (filter.action !== undefined && action !== filter.action) return false;
  if (filter.type !== undefined && type !== filter.type) return false;
  const { since = -Infinity, until = Infinity } = filter;
  const at = Date.parse(time);
  return since <= at && at <= until;
}
