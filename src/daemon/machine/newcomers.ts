import { messageOf } from '../../base/styxy-error.ts';
import type { Lease } from '../../domain/lease.ts';
import type { PortsSeen } from './observer.ts';
import type { SweepParts } from './sweep.ts';

/** How soon a user is told that another program listens on the number of a server that runs. ms */
const PAUSE_MS = 1000;
/** The pause is PAUSE_PER_COST times the cost of a reading: at most a hundredth of a processor, with any number of sockets. */
const PAUSE_PER_COST = 100;

/**
 * A program that comes to the port of a server that listens already, at another address or beside it by SO_REUSEPORT,
 * makes no noise: no bind fails. So the sockets on those ports are counted while somebody is there to be told. Linux only:
 * elsewhere a program has to be run for it.
 */
export function createNewcomers({ state, ledger, observer, states, uptime, log }: SweepParts): {
  close(): void;
} {
  const { leases } = state;
  let known = new Map<number, number>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  function wait(ms: number): void {
    if (!isClosed && process.platform === 'linux') timer ??= setTimeout(() => void tick(), ms).unref();
  }

  async function tick(): Promise<void> {
    const watched = [...leases.all()].filter(hasListener);
    const startedAt = uptime();
    try {
      if (watched.length > 0) await count(watched.filter(({ id }) => states.isBound(id)));
    } catch (error) {
      log.warn('the sockets could not be counted', { error: messageOf(error) });
    }
    timer = undefined;
    if (watched.length > 0) wait(Math.max(PAUSE_MS, (uptime() - startedAt) * PAUSE_PER_COST));
  }

  async function count(bound: readonly Lease[]): Promise<void> {
    const inUse = bound.length > 0 ? await observer.portsInUse() : undefined;
    const now = new Map(bound.map(({ port }) => [port, socketsOn(port, inUse)]));
    const isMore = [...now].some(([port, sockets]) => sockets > (known.get(port) ?? 1));
    known = now;
    if (isMore) await observer.observe();
  }

  ledger.subscribe({
    changed: (lease) => {
      if (hasListener(lease)) wait(PAUSE_MS);
    },
  });
  return {
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

const socketsOn = (port: number, inUse: PortsSeen | undefined): number => inUse?.counts?.get(port) ?? 0;

/** Its holder hears what becomes of it. */
function hasListener({ holds, service }: Lease): boolean {
  return service !== undefined && holds[0].holder.kind === 'connection';
}
