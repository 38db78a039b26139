import { StyxyError } from '../base/styxy-error.ts';
import type { AllocateAnswer, AllocateBody, AttachBody } from '../protocol/allocation.ts';
import { ENDPOINTS, pathOf } from '../protocol/endpoints.ts';
import type { Connection } from './connection.ts';
import type { Call, LineStream } from './transport.ts';
import { sleep } from '../system/sleep.ts';

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 2000;
const SPREAD_MS = 200;
const INTRODUCTION_MS = 50;

/** A lease that lives as long as this process holds it. */
export interface HeldLease {
  readonly allocation: AllocateAnswer;
  /** The lease ended without us: somebody released it, or it could not be taken up again after a crash of the daemon. */
  onLost(listener: (reason: string) => void): void;
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
  let released = false;
  let servicePid: number | undefined;
  let tellLost: (reason: string) => void = () => undefined;

  function follow(current: LineStream): void {
    stream = current;
    // An open lease is no reason to keep a process alive that has nothing else to do.
    current.unref();
    current.onLine((line) => {
      const reason = endReason(line);
      if (reason !== undefined && !released) lose(reason);
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
        const next = await connection.hold(request({ lock_id, port, preferred_port: undefined }));
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

  const attachment = (body: AttachBody): Call => ({ method: ENDPOINTS.attach.method, path: at, body });

  function introduce(pid: number): void {
    connection.tell(attachment({ process_id: pid })).catch(() => undefined);
  }

  async function finish(lastWord: Promise<unknown>): Promise<void> {
    released = true;
    await lastWord.catch(() => undefined);
    stream.close();
  }

  follow(stream);
  return {
    allocation,
    onLost: (listener) => (tellLost = listener),
    async release() {
      if (!released) await finish(connection.call({ method: ENDPOINTS.release.method, path: at }));
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

function endReason(line: unknown): string | undefined {
  if (typeof line !== 'object' || line === null || !('event' in line) || line.event !== 'ended')
    return undefined;
  return 'reason' in line ? String(line.reason) : 'ended';
}
