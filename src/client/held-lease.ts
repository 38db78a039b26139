import { StyxyError } from '../base/styxy-error.ts';
import type { AllocateAnswer, HoldEvent } from '../protocol/answers/lease.ts';
import type { AllocateBody, AttachBody } from '../protocol/requests/allocate.ts';
import { ENDPOINTS, pathOf } from '../protocol/endpoints.ts';
import type { Connection } from './connection.ts';
import type { Call, LineStream } from './transport.ts';
import { sleep } from '../system/sleep.ts';

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 2000;
const SPREAD_MS = 200;
const INTRODUCTION_MS = 50;
/** How often a holder looks whether the daemon still answers: an open response says nothing about that. */
const PULSE_MS = 30_000;

export type MoveEvent = Exclude<HoldEvent, { event: 'ended' }>;

/** A lease that lives as long as this process holds it. */
export interface HeldLease {
  readonly allocation: AllocateAnswer;
  /** The lease ended without us: somebody released it, or it could not be taken up again after a crash of the daemon. */
  onLost(listener: (reason: string) => void): void;
  /** The program that was started with the port listens elsewhere, or has come back to it. */
  onMoved(listener: (event: MoveEvent) => void): void;
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

/** Leases a port for as long as this process lives. @throws StyxyError */
export async function holdLease(connection: Connection, body: AllocateBody): Promise<HeldLease> {
  const request = (fields: Partial<AllocateBody> = {}) => ({
    method: ENDPOINTS.allocate.method,
    path: ENDPOINTS.allocate.path,
    body: { ...body, ...fields, hold: true, process_id: process.pid },
  });
  let stream = await connection.hold(request());
  const allocation = stream.first as AllocateAnswer;
  const at = pathOf('attach', { lockId: allocation.lock_id });
  const { share_id } = allocation;
  // What somebody else keeps alive is not ours to hold or to end.
  let released = allocation.shared === true;
  let servicePid: number | undefined;
  let tellLost: (reason: string) => void = () => undefined;
  let tellMoved: (event: MoveEvent) => void = () => undefined;

  function follow(current: LineStream): void {
    stream = current;
    // An open lease is no reason to keep a process alive that has nothing else to do.
    current.unref();
    current.onLine((line) => {
      const event = asHoldEvent(line);
      if (!event || released) return;
      if (event.event === 'ended') lose(event.reason);
      else tellMoved(event);
    });
    current.onEnd(() => {
      if (!released) void takeUpAgain();
    });
  }

  function lose(reason: string): void {
    released = true;
    tellLost(reason);
  }

  /** The daemon died or was replaced: go on with the same lease at the next one. */
  async function takeUpAgain(): Promise<void> {
    let wait = FIRST_RETRY_MS;
    while (!released) {
      // Many wrappers lose their daemon at the same moment; the first of them starts the next one for all.
      await sleep(wait / 2 + Math.random() * SPREAD_MS, { keepAlive: false });
      wait = Math.min(wait * 2, LONGEST_RETRY_MS);
      try {
        const { lock_id, port } = allocation;
        const next = await connection.hold(request({ lock_id, share_id, port, preferred_port: undefined }));
        if (released) return next.close();
        follow(next);
        // Should this fail, the answer that we follow has ended as well, and brings us back here.
        if (servicePid !== undefined) introduce(servicePid);
        return;
      } catch (error) {
        if (error instanceof StyxyError && error.code === 'LEASE_LOST') return lose(error.message);
      }
    }
  }

  const attachment = (body: AttachBody): Call => ({
    method: ENDPOINTS.attach.method,
    path: at,
    body: { ...body, share_id },
  });

  function introduce(pid: number): void {
    connection.tell(attachment({ process_id: pid })).catch(() => undefined);
  }

  /** Asked in vain, the connection calls the watchdog; should the daemon be replaced, we hear of it by our stream. */
  const pulse = setInterval(() => {
    if (released) clearInterval(pulse);
    else
      connection
        .call({ method: ENDPOINTS.status.method, path: ENDPOINTS.status.path })
        .catch(() => undefined);
  }, PULSE_MS).unref();

  async function finish(lastWord: Promise<unknown>): Promise<void> {
    released = true;
    clearInterval(pulse);
    await lastWord.catch(() => undefined);
    stream.close();
  }

  if (released) stream.close();
  else follow(stream);
  return {
    allocation,
    onLost: (listener) => (tellLost = listener),
    onMoved: (listener) => (tellMoved = listener),
    async release() {
      const own = share_id === undefined ? '' : `?share_id=${share_id}`;
      if (!released) await finish(connection.call({ method: ENDPOINTS.release.method, path: at + own }));
    },
    async leave() {
      if (!released) await finish(connection.tell(attachment({ adopt: true })));
    },
    attach(pid) {
      servicePid = pid;
      // Most commands that end at once need no introduction; should we be killed before it, the marker in the child's
      // environment tells the daemon as much.
      setTimeout(() => {
        if (!released) introduce(pid);
      }, INTRODUCTION_MS).unref();
    },
  };
}

/** What the line says; undefined for what only a newer daemon knows. */
function asHoldEvent(line: unknown): HoldEvent | undefined {
  if (typeof line !== 'object' || line === null || !('event' in line)) return undefined;
  if (line.event === 'ended')
    return { event: 'ended', reason: 'reason' in line ? String(line.reason) : 'ended' };
  if (!('port' in line) || typeof line.port !== 'number') return undefined;
  if (line.event === 'bound') return { event: 'bound', port: line.port };
  const ports = 'actual_ports' in line && Array.isArray(line.actual_ports) ? line.actual_ports : [];
  return line.event === 'drifted'
    ? { event: 'drifted', port: line.port, actual_ports: ports.map(Number) }
    : undefined;
}
