import { StyxyError } from '../base/styxy-error.ts';
import type { AllocateAnswer, HoldEvent } from '../protocol/answers/lease.ts';
import type { AllocateBody, AttachBody } from '../protocol/requests/allocate.ts';
import { ENDPOINTS, pathOf } from '../protocol/endpoints.ts';
import { nameProcess } from './name-process.ts';
import type { Connection } from './connection.ts';
import type { Call, LineStream } from './transport.ts';
import { sleep } from '../system/sleep.ts';

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 2000;
const SPREAD_MS = 200;
const INTRODUCTION_MS = 50;
/** How often a holder checks that the daemon still answers: an open response says nothing about that. */
const PULSE_MS = 30_000;

type EventOf<Name extends HoldEvent['event']> = Extract<HoldEvent, { event: Name }>;
export type MoveEvent = EventOf<'bound' | 'drifted' | 'outsider'>;
/** What the daemon asks of a holder that takes orders. */
export type HoldOrder = Extract<HoldEvent, { event: 'stop' | 'restart' }>['event'];
/** With a restart: it is to go on at another port. */
export type Move = Required<Pick<EventOf<'restart'>, 'preferred_port'>> &
  Pick<EventOf<'restart'>, 'taken_by'>;
/** Somebody else is about to end what was started with the port, or has just done so. */
export type EndingNotice = Omit<EventOf<'ending'>, 'event'>;
/** About a run inside the command. */
export type InnerEvent = EventOf<'taken_over' | 'inner_serves'>;

/** A lease that lives as long as this process holds it. */
export interface HeldLease {
  readonly allocation: AllocateAnswer;
  /** Neither given back nor lost. */
  isHeld(): boolean;
  /** The lease ended without us: somebody released it, or it could not be renewed after a crash of the daemon. */
  onLost(listener: (reason: string) => void): void;
  /** The program that was started with the port listens there, or elsewhere, or is not alone there. */
  onMoved(listener: (event: MoveEvent) => void): void;
  /** A run inside the command uses the lease, or serves with one of its own. */
  onInner(listener: (event: InnerEvent) => void): void;
  onEnding(listener: (notice: EndingNotice) => void): void;
  /**
   * Somebody wants what was started with the port to end, or to start again. Only for those who take orders. The latest
   * one that came before anybody listened is told to the first who does.
   */
  onOrder(listener: (order: HoldOrder, move?: Move) => void): void;
  /** Ends the lease; resolves when the daemon has said so. Never throws: ending the process ends the lease as well. */
  release(): Promise<void>;
  /**
   * Like `release`, but a server that was started with the port and outlives us keeps it. Resolves when the daemon is
   * sure to hear of it.
   */
  leave(): Promise<void>;
  /** Tells the daemon which program runs with the port; it is told again after a restart of the daemon. */
  attach(pid: number): void;
}

/** What is known of a lease between its first answer and its end. */
interface Held {
  readonly connection: Connection;
  readonly body: AllocateBody;
  readonly allocation: AllocateAnswer;
  /** The answer that keeps it alive. */
  stream: LineStream;
  released: boolean;
  /** How it ends, once it is released. */
  lastWord: 'release' | 'leave';
  servicePid: number | undefined;
  tellLost: (reason: string) => void;
  tellMoved: (event: MoveEvent) => void;
  tellInner: (event: InnerEvent) => void;
  tellEnding: (notice: EndingNotice) => void;
  tellOrder: (order: HoldOrder, move?: Move) => void;
}

/** Leases a port for as long as this process lives. @throws StyxyError */
export async function holdLease(connection: Connection, body: AllocateBody): Promise<HeldLease> {
  const stream = await connection.hold(allocateCall(body));
  const allocation = stream.first as AllocateAnswer;
  const nothing = (): void => undefined;
  // What somebody else keeps alive is not ours to hold or to end.
  const released = allocation.shared === true;
  const parts = { connection, body, allocation, stream, released };
  const tell = { tellLost: nothing, tellMoved: nothing, tellInner: nothing };
  const orders = { tellEnding: nothing, tellOrder: nothing };
  const held: Held = { ...parts, lastWord: 'release', servicePid: undefined, ...tell, ...orders };
  let early: Parameters<Held['tellOrder']> | undefined;
  // Nothing takes back a stop.
  held.tellOrder = (...order) => (early = early?.[0] === 'stop' ? early : order);
  const pulse = checkDaemon(held);

  async function finish(lastWord: Held['lastWord']): Promise<void> {
    if (held.released) return;
    held.released = true;
    held.lastWord = lastWord;
    clearInterval(pulse);
    await sayLastWord(held);
    // Who ends now needs no close, for which Node would make its stream for stderr.
    setImmediate(() => held.stream.close());
  }

  if (held.released) stream.close();
  else follow(held, stream);
  return {
    allocation,
    isHeld: () => !held.released,
    onLost: (listener) => (held.tellLost = listener),
    onMoved: (listener) => (held.tellMoved = listener),
    onInner: (listener) => (held.tellInner = listener),
    onEnding: (listener) => (held.tellEnding = listener),
    onOrder(listener) {
      held.tellOrder = listener;
      if (early !== undefined) listener(...early);
      early = undefined;
    },
    release: () => finish('release'),
    leave: () => finish('leave'),
    attach(pid) {
      held.servicePid = pid;
      // Most commands that end at once need no introduction; should we be killed before it, the marker in the child's
      // environment tells the daemon as much.
      setTimeout(() => {
        if (!held.released) introduce(held, pid);
      }, INTRODUCTION_MS).unref();
    },
  };
}

function follow(held: Held, stream: LineStream): void {
  held.stream = stream;
  // An open lease is no reason to keep a process alive that has nothing else to do.
  stream.unref();
  stream.onLine((line) => {
    const event = asHoldEvent(line);
    if (!event || held.released) return;
    if (event.event === 'ended') lose(held, event.reason);
    else if (event.event === 'ending') held.tellEnding(event);
    else if (event.event === 'stop') held.tellOrder('stop');
    else if (event.event === 'restart') held.tellOrder('restart', moveOf(event));
    else if (event.event === 'taken_over' || event.event === 'inner_serves') held.tellInner(event);
    else held.tellMoved(event);
  });
  stream.onEnd(() => {
    if (!held.released) void reassert(held);
  });
}

function lose(held: Held, reason: string): void {
  held.released = true;
  held.tellLost(reason);
}

/** The daemon died or was replaced: go on with the same lease at the next one. */
async function reassert(held: Held): Promise<void> {
  const { lock_id, share_id, port } = held.allocation;
  let wait = FIRST_RETRY_MS;
  while (!held.released) {
    // Many wrappers lose their daemon at the same moment; the first of them starts the next one for all.
    await sleep(wait / 2 + Math.random() * SPREAD_MS, { keepAlive: false });
    wait = Math.min(wait * 2, LONGEST_RETRY_MS);
    try {
      const again = { ...held.body, lock_id, share_id, port, preferred_port: undefined };
      const next = await held.connection.hold(allocateCall(again));
      // Released meanwhile: the daemon may have heard of that before it heard of this.
      if (held.released) {
        await sayLastWord(held, next);
        return next.close();
      }
      follow(held, next);
      // Should this fail, the answer that we follow has ended as well, and brings us back here.
      if (held.servicePid !== undefined) introduce(held, held.servicePid);
      return;
    } catch (error) {
      if (error instanceof StyxyError && error.code === 'LEASE_LOST') return lose(held, error.message);
    }
  }
}

/** Where the stream's daemon has just been replaced, the next one is told. */
async function sayLastWord(held: Held, stream = held.stream): Promise<void> {
  const { connection, lastWord } = held;
  const adopt = attachCall(held, { adopt: true });
  const said =
    lastWord === 'release'
      ? connection.call(releaseCall(held))
      : stream.tell(adopt).catch(() => connection.tell(adopt));
  await said.catch(() => undefined);
}

function introduce(held: Held, pid: number): void {
  held.connection.tell(attachCall(held, nameProcess(pid))).catch(() => undefined);
}

/** A daemon that gives no answer is replaced by the connection; our stream ends then. */
function checkDaemon(held: Held): NodeJS.Timeout {
  const { method, path } = ENDPOINTS.status;
  const pulse = setInterval(() => {
    if (held.released) clearInterval(pulse);
    else held.connection.call({ method, path }).catch(() => undefined);
  }, PULSE_MS).unref();
  return pulse;
}

const allocateCall = (body: AllocateBody): Call => ({
  method: ENDPOINTS.allocate.method,
  path: ENDPOINTS.allocate.path,
  body: { ...body, hold: true, ...nameProcess(process.pid) },
});

const attachCall = ({ allocation: { lock_id: lockId, share_id } }: Held, body: AttachBody): Call => ({
  method: ENDPOINTS.attach.method,
  path: pathOf('attach', { lockId }),
  body: { ...body, share_id },
});

const releaseCall = ({ allocation: { lock_id: lockId, share_id } }: Held): Call => ({
  method: ENDPOINTS.release.method,
  path: pathOf('release', { lockId }) + (share_id === undefined ? '' : `?share_id=${share_id}`),
});

function moveOf({ preferred_port, taken_by }: EventOf<'restart'>): Move | undefined {
  return preferred_port === undefined ? undefined : { preferred_port, taken_by };
}

/** What the line says; undefined for what only a newer daemon knows. */
function asHoldEvent(line: unknown): HoldEvent | undefined {
  if (typeof line !== 'object' || line === null || !('event' in line)) return undefined;
  if (line.event === 'ended')
    return { event: 'ended', reason: 'reason' in line ? String(line.reason) : 'ended' };
  if (line.event === 'stop') return { event: 'stop' };
  if (line.event === 'ending') return asEnding(line);
  if (
    line.event === 'taken_over' ||
    line.event === 'inner_serves' ||
    line.event === 'outsider' ||
    line.event === 'restart'
  )
    return line as HoldEvent;
  if (!('port' in line) || typeof line.port !== 'number') return undefined;
  if (line.event === 'bound') return { event: 'bound', port: line.port };
  const ports = 'actual_ports' in line && Array.isArray(line.actual_ports) ? line.actual_ports : [];
  return line.event === 'drifted'
    ? { event: 'drifted', port: line.port, actual_ports: ports.map(Number) }
    : undefined;
}

const asEnding = (line: object): EventOf<'ending'> => ({
  event: 'ending',
  by: 'by' in line ? String(line.by) : '',
  alone: 'alone' in line && line.alone === true,
});
