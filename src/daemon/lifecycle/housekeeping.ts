import { statSync } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';

const SOCKET_CHECK_MS = 30_000;
const IDLE_CHECK_MS = 60_000;
const IDLE_EXIT_MS = 30 * 60_000;

export interface House {
  socket: string;
  isLockOurs(): boolean;
  /** Nothing lives here: no lease, no open response. */
  isEmpty(): boolean;
  lastRequestAt(): number;
  endsWhenIdle: boolean;
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
 * of temporary folders), and so can the state file; both are made again as long as the lock is ours. Without the lock another daemon is in charge,
 * and this one ends as soon as no lease depends on it.
 */
export function keepHouse(house: House): { checkSocket(): void; close(): void } {
  let identity = fileIdentity(house.socket);

  async function checkSocket(): Promise<void> {
    if (!house.isLockOurs()) {
      if (house.isEmpty()) await house.stop('the home is gone or belongs to another daemon');
      return;
    }
    if (!house.isJournalInPlace()) {
      house.log.warn('the state file vanished and is written anew');
      await house.rewriteJournal();
    }
    if (process.platform === 'win32' || fileIdentity(house.socket) === identity) return;
    house.log.warn('the socket vanished and is bound again', { socket: house.socket });
    await house.rebind();
    identity = fileIdentity(house.socket);
  }

  async function checkIdle(): Promise<void> {
    const idleMs = house.clock() - house.lastRequestAt();
    if (house.endsWhenIdle && house.isEmpty() && idleMs > IDLE_EXIT_MS) await house.stop('idle');
  }

  const report = (error: unknown): void => house.log.error('housekeeping failed', { error: String(error) });
  const timers = [
    setInterval(() => void checkSocket().catch(report), SOCKET_CHECK_MS),
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
