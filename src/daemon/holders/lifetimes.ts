import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { messageOf } from '../../base/styxy-error.ts';
import { heldByHeir, type EndReason, type Lease } from '../../domain/lease.ts';
import type { LeaseTable } from '../../domain/lease-table.ts';
import type { HoldEvent } from '../../protocol/answers/lease.ts';
import { exists, type ProcessIdentity } from '../../system/process/identity.ts';
import { sleep } from '../../system/sleep.ts';
import { inSlices } from '../../system/slices.ts';
import { createDeadlines } from './deadlines.ts';
import { createHeirs } from './adopted.ts';
import { livesOn } from './starter.ts';
import { createPortUse } from '../machine/occupancy.ts';
import { isStillInUse } from '../machine/second-look.ts';

/** The open response that a lease lives by. */
export interface HoldConnection {
  send(event: HoldEvent): void;
  close(): void;
}

export interface ProcessFacts {
  isAlive(process: ProcessIdentity): boolean;
  /** What was started for a lease and still lives: the service's process tree and everything that carries its marker. */
  processesOf(lease: Lease): Promise<ProcessIdentity[]>;
  endProcesses(processes: ProcessIdentity[], graceMs: number): Promise<unknown>;
}

export interface LifetimeParts {
  readonly leases: LeaseTable;
  readonly processes: ProcessFacts;
  /** All ports that have a listener now. */
  readonly portsInUse: () => Promise<ReadonlySet<number>>;
  /** Asked only for a port whose holder is gone: nobody is about to bind it. */
  readonly isPortFree: (port: number) => Promise<boolean>;
  /** A process of the lease was seen on its port, so that whoever listens there now is no stranger. */
  readonly wasInUse: (id: string) => boolean;
  readonly change: (lease: Lease) => void;
  /** The holder is gone and the port is not: the lease is kept until it is. */
  readonly orphan: (lease: Lease) => void;
  readonly end: (id: string, reason: EndReason) => void;
  readonly onWrapperDeath: () => 'reap' | 'adopt';
  readonly clock: Clock;
  /** A clock that never jumps, for waits. ms since some moment; by default that of this process. */
  readonly uptime?: Clock;
  readonly log: Logger;
}

export interface Lifetimes {
  /** The lease has a holder to look after: a deadline, a process, or (after a restart) a wrapper yet to come back. */
  watch(lease: Lease): void;
  connect(id: string, connection: HoldConnection): void;
  /**
   * The open response ended without a release: its holder died.
   * @param neverKnown it left before it could read which lease it got
   */
  disconnected(id: string, connection: HoldConnection, neverKnown?: boolean): void;
  /** Says something to the holder, if a connection is open. */
  tell(id: string, event: HoldEvent): void;
  /** The holder has left the lease, and somebody still uses its port. */
  orphan(lease: Lease): void;
  /** The holder says that it leaves: the end of its response is not its death. */
  leaving(id: string): void;
  /** The lease goes on with another holder, who may keep it by this connection. */
  passOn(lease: Lease, connection: HoldConnection | undefined): void;
  /** The lease has ended: tell its holder and forget it. */
  ended(id: string, reason: EndReason): void;
  /** Looks at every holder now instead of at the next tick. */
  checkAll(): Promise<void>;
  close(): void;
}

const TICK_MS = 1000;
/**
 * So many processes are looked at closely at every tick. Of more, only kill(pid, 0) is asked, which takes 2 us but
 * misses zombies and recycled pids, and the start time (20 us) at every n-th tick.
 */
const FEW = 25;
const TICKS_PER_IDENTITY_CHECK = 30;
/** More than so many are looked at at every other tick only. */
const MANY = 250;
/** How long a restarted daemon waits for wrappers to take up their leases again. */
const REASSERT_GRACE_MS = 3000;
/** What a wrapper says when it leaves travels by another connection, and may arrive after the end of its response. */
const LAST_WORD_MS = 20;
/** From SIGTERM to SIGKILL for the program of a wrapper that was killed. */
const REAP_GRACE_MS = 600;
/** Whether a process is there, as one tick has found it. */
interface Answer {
  startTime: string;
  isThere: boolean;
}

/** Ends each lease when what keeps it alive is gone. Costs nothing while there is nothing to watch. */
export function createLifetimes(parts: LifetimeParts): Lifetimes {
  const { leases, processes, log, uptime = () => performance.now() } = parts;
  const connections = new Map<string, HoldConnection>();
  const watched = new Set<string>();
  const ending = new Set<string>();
  const left = new Set<string>();
  const waitUntil = new Map<string, number>();
  const portUse = createPortUse(parts);
  const heirs = createHeirs({ ...parts, portsInUse: portUse.ports, uptime });
  const deadlines = createDeadlines({ ...parts, portsInUse: portUse.ports, orphan, unfailing });
  let ticks = 0;
  let isOddTick = false;
  let ticker: NodeJS.Timeout | undefined;

  function watch(lease: Lease): void {
    heirs.watch(lease);
    if (lease.orphanedAt !== undefined) keepWatching(lease.id);
    else if (lease.holder.kind === 'ttl') deadlines.watch(lease.holder.expiresAt);
    else if (lease.holder.kind === 'process' || !connections.has(lease.id)) {
      if (lease.holder.kind === 'connection') waitUntil.set(lease.id, uptime() + REASSERT_GRACE_MS);
      keepWatching(lease.id);
    }
  }

  function keepWatching(id: string): void {
    watched.add(id);
    ticker ??= setInterval(() => unfailing(tick(false)), TICK_MS).unref();
  }

  function unwatch(id: string): void {
    waitUntil.delete(id);
    if (!watched.delete(id) || watched.size > 0) return;
    clearInterval(ticker);
    ticker = undefined;
  }

  async function tick(thorough: boolean): Promise<void> {
    if (!thorough && watched.size > MANY && (isOddTick = !isOddTick)) return;
    ticks += 1;
    // Many leases of one process cost one question.
    const answers = new Map<number, Answer>();
    const ended: Lease[] = [];
    const orphans: Lease[] = [];
    const work: Promise<void>[] = [];
    let place = ticks;
    await inSlices(watched, (id) => {
      const lease = leases.get(id);
      if (!lease) unwatch(id);
      if (!lease || ending.has(id)) return;
      const checkIdentity = thorough || watched.size <= FEW || place++ % TICKS_PER_IDENTITY_CHECK === 0;
      if (lease.orphanedAt !== undefined) orphans.push(lease);
      else if (isHolderThere(lease, checkIdentity, answers)) return;
      else if (lease.holder.kind === 'connection') work.push(wrapperDied(lease));
      else ended.push(lease);
    });
    await Promise.all([...work, processesEnded(ended), lookAfterOrphans(orphans)]);
  }

  async function lookAfterOrphans(orphans: readonly Lease[]): Promise<void> {
    const used = await portUse.usedAmong(orphans);
    await inSlices(orphans, (lease) => {
      if (!used.has(lease) && leases.get(lease.id) === lease) {
        parts.end(lease.id, lease.holder.kind === 'ttl' ? 'expired' : 'holder_gone');
      }
    });
  }

  function orphan(lease: Lease): void {
    parts.orphan(lease);
    keepWatching(lease.id);
  }

  function isHolderThere(
    { id, holder }: Lease,
    checkIdentity: boolean,
    answers: Map<number, Answer>,
  ): boolean {
    if (holder.kind === 'connection') {
      if (uptime() < (waitUntil.get(id) ?? 0)) return true;
      // A stopped wrapper (Ctrl-Z, a debugger) can't reconnect and is not dead.
      return (
        holder.pid !== undefined &&
        holder.startTime !== undefined &&
        processes.isAlive({ ...holder, pid: holder.pid, startTime: holder.startTime })
      );
    }
    if (holder.kind !== 'process') return true;
    const known = answers.get(holder.pid);
    if (known?.startTime === holder.startTime) return known.isThere;
    const isThere = checkIdentity ? processes.isAlive(holder) : exists(holder.pid);
    answers.set(holder.pid, { startTime: holder.startTime, isThere });
    return isThere;
  }

  /** Each lease follows what still carries its marker: a program that outlived its holder, or daemonised itself. */
  async function processesEnded(ended: readonly Lease[]): Promise<void> {
    if (ended.length === 0) return;
    for (const { id } of ended) ending.add(id);
    try {
      const kin = await Promise.all(ended.map((lease) => processes.processesOf(lease)));
      const used = await portUse.usedAmong(ended);
      await inSlices(ended.entries(), ([index, lease]) => {
        const heir = kin[index]?.[0];
        if (leases.get(lease.id) !== lease) return;
        if (heir) goOn({ ...lease, service: heir, holder: heldByHeir(heir) });
        else if (used.has(lease)) orphan(lease);
        else parts.end(lease.id, 'holder_gone');
      });
    } finally {
      for (const { id } of ended) ending.delete(id);
    }
  }

  function goOn(lease: Lease): void {
    parts.change(lease);
    watch(lease);
  }

  async function wrapperDied(lease: Lease): Promise<void> {
    if (ending.has(lease.id)) return;
    ending.add(lease.id);
    unwatch(lease.id);
    try {
      await sleep(LAST_WORD_MS);
      if (!isAbandoned(lease.id)) return;
      const family = await processes.processesOf(lease);
      const orphans = family.length > 0 && (await livesOn(lease, processes.isAlive)) ? [] : family;
      if (!isAbandoned(lease.id)) return;
      const [heir] = orphans;
      if (heir && parts.onWrapperDeath() === 'adopt') {
        const { service } = lease;
        const isService = service?.pid === heir.pid && service.startTime === heir.startTime;
        return goOn({
          ...lease,
          service: heir,
          // The command itself keeps its lease however long it takes to listen, as with its wrapper.
          holder: isService ? { kind: 'process', ...heir } : heldByHeir(heir),
        });
      }
      if (heir) {
        log.info('ending what a killed wrapper left behind', {
          lease: lease.id,
          pids: orphans.map(({ pid }) => pid),
        });
        await processes.endProcesses(orphans, REAP_GRACE_MS);
      }
      const isUsed =
        parts.wasInUse(lease.id) &&
        (await portUse.isUsed(lease)) &&
        (await isStillInUse(() => portUse.isUsed(lease)));
      if (!isAbandoned(lease.id)) return;
      if (isUsed) orphan(lease);
      else parts.end(lease.id, heir ? 'reaped' : 'holder_gone');
    } finally {
      ending.delete(lease.id);
      // Should anything above have failed, the next tick finds the lease again.
      // An orphan that its wrapper has left on purpose ends with its listener.
      if (isAbandoned(lease.id) || leases.get(lease.id)?.orphanedAt !== undefined) keepWatching(lease.id);
    }
  }

  /** Still nobody's: not released, not taken up again, not left to another process meanwhile. */
  function isAbandoned(id: string): boolean {
    return leases.get(id)?.holder.kind === 'connection' && !connections.has(id) && !left.has(id);
  }

  /** What a timer or a closed connection sets going has no caller to fail to. The next tick tries again. */
  function unfailing(work: Promise<void>): void {
    work.catch((error: unknown) => log.error('looking after leases failed', { error: messageOf(error) }));
  }

  return {
    watch,
    connect(id, connection) {
      const previous = connections.get(id);
      connections.set(id, connection);
      unwatch(id);
      previous?.close();
    },
    disconnected(id, connection, neverKnown = false) {
      if (connections.get(id) !== connection) return;
      connections.delete(id);
      const lease = leases.get(id);
      if (lease?.holder.kind !== 'connection') return;
      if (neverKnown) parts.end(id, 'holder_gone');
      else unfailing(wrapperDied(lease));
    },
    tell: (id, event) => connections.get(id)?.send(event),
    orphan,
    leaving: (id) => void left.add(id),
    passOn(lease, connection) {
      const previous = connections.get(lease.id);
      connections.delete(lease.id);
      if (connection) connections.set(lease.id, connection);
      left.delete(lease.id);
      unwatch(lease.id);
      watch(lease);
      previous?.close();
    },
    ended(id, reason) {
      unwatch(id);
      heirs.forget(id);
      left.delete(id);
      const connection = connections.get(id);
      connections.delete(id);
      connection?.send({ event: 'ended', reason });
      connection?.close();
    },
    async checkAll() {
      await tick(true);
      await deadlines.check();
    },
    close() {
      clearInterval(ticker);
      deadlines.close();
      heirs.close();
    },
  };
}
