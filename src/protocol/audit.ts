import { parseDuration } from '../base/duration.ts';
import { StyxyError } from '../base/styxy-error.ts';
import { EVENTS, type EventName } from './events.ts';

/** What is true only for a while, and is looked at all the time, is told to those who watch and not kept. */
const NOT_KEPT: ReadonlySet<EventName> = new Set(['bound', 'external_found', 'external_gone']);

/** Which events the audit log keeps: its actions. */
export const AUDIT_ACTIONS: readonly EventName[] = (Object.keys(EVENTS) as EventName[]).filter(
  (name) => !NOT_KEPT.has(name),
);

/** The words of the API and the command line may be used to ask, too. */
const ALSO_CALLED: Readonly<Record<string, EventName>> = {
  allocate: 'granted',
  allocated: 'granted',
  grant: 'granted',
  release: 'released',
  refuse: 'refused',
};

/** One line of the audit log. Other facts of the event may follow. Never a secret, so never a command line. */
export interface AuditEntry {
  /** ISO 8601 */
  time: string;
  action: EventName;
  port: number | null;
  type: string | null;
  /** First and last port of the type. */
  range: [number, number] | null;
  /** The lease's lock id. */
  lease: string | null;
  instance: string | null;
  /** Whose daemon it is. */
  user: string;
  /** The process the event is about. */
  pid: number | null;
  host: string;
  [fact: string]: unknown;
}

/** All optional: which entries, and how many of the latest. */
export interface AuditQuery {
  action?: string | undefined;
  type?: string | undefined;
  /** `30s`, `10m`, `1h`, `7d`, or a time (ISO 8601). */
  since?: string | undefined;
  limit?: number | undefined;
}

export interface AuditAnswer {
  /** The latest that fit, oldest first. */
  entries: AuditEntry[];
  /** How many fit. */
  total: number;
  /** Of all that fit. */
  statistics: {
    by_action: Record<string, number>;
    by_type: Record<string, number>;
    /** ISO 8601 */
    first: string | null;
    last: string | null;
  };
  /** Lines that could not be understood. */
  damaged: number;
}

export interface AuditFilter {
  action: EventName | undefined;
  type: string | undefined;
  /** ms since the epoch */
  since: number | undefined;
  limit: number;
}

const DEFAULT_LIMIT = 100;
export const MOST_AUDIT_ENTRIES = 10_000;

/** @throws StyxyError INVALID_REQUEST, naming the field */
export function readAuditQuery({ action, type, since, limit }: AuditQuery, now: number): AuditFilter {
  return {
    action: action === undefined ? undefined : actionNamed(action),
    type,
    since: since === undefined ? undefined : timeOf(since, now),
    limit: limit === undefined ? DEFAULT_LIMIT : countIn(limit),
  };
}

function actionNamed(text: string): EventName {
  const name = Object.hasOwn(ALSO_CALLED, text) ? ALSO_CALLED[text] : text;
  const found = AUDIT_ACTIONS.find((each) => each === name);
  if (found) return found;
  throw refused('action', text, `actions are ${AUDIT_ACTIONS.join(', ')}`);
}

function timeOf(text: string, now: number): number {
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    const time = Date.parse(text);
    if (!Number.isNaN(time)) return time;
  } else {
    try {
      return now - parseDuration(text);
    } catch {
      // Told below, like a wrong date.
    }
  }
  throw refused(
    'since',
    text,
    'it is a length of time like 30s, 10m, 1h or 7d, or a time like 2030-12-31T23:59Z',
  );
}

function countIn(limit: number): number {
  if (Number.isInteger(limit) && limit >= 0 && limit <= MOST_AUDIT_ENTRIES) return limit;
  throw refused('limit', String(limit), `it is a whole number from 0 to ${MOST_AUDIT_ENTRIES}`);
}

function refused(field: string, text: string, why: string): StyxyError {
  return new StyxyError('INVALID_REQUEST', `${field}: ${JSON.stringify(text.slice(0, 80))} is not possible`, {
    why,
    hint: 'styxy audit --help shows what can be asked, and the API reference for programs',
    details: { field },
  });
}
