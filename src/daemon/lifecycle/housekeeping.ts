import { statSync } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';

const SOCKET_CHECK_MS = 30_000;
/** While leases depend on the home: a client must soon find either this daemon or the next. */
const LOCK_CHECK_MS = 1000;
const IDLE_CHECK_MS = 60_000;

export interface HousekeepingParts {
  socket: string;
  isLockOurs(): boolean;
  /** Shows that this daemon lives. */
  touchLock(): void;
  /** Makes the folder and the lock anew if both are gone. @returns whether the lock is ours again */
  reclaimHome(): boolean;
  /** Nothing lives here: no lease, no open response. */
  isEmpty(): boolean;
  lastRequestAt(): number;
  endsWhenIdle: boolean;
  /** After how long without a request. */
  idleMs: number;
  rebind(): Promise<void>;
  /** The state file has vanished or was exchanged: what is written to it would be lost with this process. */
  isJournalInPlace(): boolean;
  rewriteJournal(): Promise<void>;
  stop(reason: string): Promise<void>;
  clock: Clock;
  log: Logger;
}

/**
 * Keeps the daemon reachable and lets it end when nobody needs it. A socket can vanish under a live daemon (cleaners
 * of temporary folders), and so can the state file; both are made again as long as the lock is ours. Without the lock
 * another daemon is in charge: this one ends at once, and its wrappers take their leases to the other.
 */
export function startHousekeeping(parts: HousekeepingParts): { checkSocket(): void; close(): void } {
  let identity = fileIdentity(parts.socket);

  async function checkSocket(): Promise<void> {
    if (!isLockOurs()) return parts.stop('the home is gone or belongs to another daemon');
    parts.touchLock();
    if (!parts.isJournalInPlace()) {
      parts.log.warn('the state file vanished and is written anew');
      await parts.rewriteJournal();
    }
    if (process.platform === 'win32' || fileIdentity(parts.socket) === identity) return;
    parts.log.warn('the socket vanished and is bound again', { socket: parts.socket });
    await parts.rebind();
    identity = fileIdentity(parts.socket);
  }

  /** A home that was removed under live leases is made again, before another daemon gives their ports to others. */
  function isLockOurs(): boolean {
    if (parts.isLockOurs()) return true;
    if (parts.isEmpty() || !parts.reclaimHome()) return false;
    parts.log.warn('the home vanished and is made again');
    return true;
  }

  /** Nothing but a look at the lock, in most cases. */
  async function checkLock(): Promise<void> {
    if (!parts.isEmpty() && !parts.isLockOurs()) await checkSocket();
  }

  async function checkIdle(): Promise<void> {
    const idleMs = parts.clock() - parts.lastRequestAt();
    if (parts.endsWhenIdle && parts.isEmpty() && idleMs > parts.idleMs) await parts.stop('idle');
  }

  let reported: string | undefined;
  const report = (error: unknown): void => {
    const text = String(error);
    if (text !== reported) parts.log.error('housekeeping failed', { error: text });
    reported = text;
  };
  const timers = [
    setInterval(() => void checkSocket().catch(report), SOCKET_CHECK_MS),
    setInterval(() => void checkLock().catch(report), LOCK_CHECK_MS),
    setInterval(() => void checkIdle().catch(report), IDLE_CHECK_MS),
  ];
  for (const timer of timers) timer.unref();
  return {
    checkSocket: () => void checkSocket().catch(report),
    close: () => timers.forEach((timer) => clearInterval(timer)),
  };
}

function fileIdentity(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}
