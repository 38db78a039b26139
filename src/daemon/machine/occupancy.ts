import type { Logger } from '../../base/log.ts';
import { messageOf } from '../../base/styxy-error.ts';
import { portsOf, type Lease } from '../../domain/lease.ts';

export interface PortUseParts {
  /** All ports that have a listener now. */
  readonly portsInUse: () => Promise<ReadonlySet<number>>;
  readonly isPortFree: (port: number) => Promise<boolean>;
  readonly log: Logger;
}

/** Whether the ports of leases are in use, whoever it is. Asked only where nobody is about to bind them. */
export interface PortUse {
  /** All ports that have a listener now; undefined when the system can't tell. */
  ports(): Promise<ReadonlySet<number> | undefined>;
  /** In doubt it is in use. */
  isUsed(lease: Lease): Promise<boolean>;
  /** Those of which a port is in use. */
  usedAmong(leases: readonly Lease[]): Promise<ReadonlySet<Lease>>;
}

/** For the ports of more leases the system is asked once: a probe of one port is cheap, hundreds are not. */
const FEW_TO_PROBE = 10;

export function createPortUse({ portsInUse, isPortFree, log }: PortUseParts): PortUse {
  async function ports(): Promise<ReadonlySet<number> | undefined> {
    try {
      return await portsInUse();
    } catch (error) {
      log.warn('the listeners could not be read: no lease ends for that now', { error: messageOf(error) });
      return undefined;
    }
  }

  async function isUsed(lease: Lease): Promise<boolean> {
    try {
      const free = await Promise.all(portsOf(lease).map((port) => isPortFree(port)));
      return free.includes(false);
    } catch (error) {
      log.warn('a port could not be looked at', { lease: lease.id, error: messageOf(error) });
      return true;
    }
  }

  return {
    ports,
    isUsed,
    async usedAmong(leases) {
      const inUse = leases.length > FEW_TO_PROBE ? await ports() : undefined;
      if (inUse) return new Set(leases.filter((lease) => portsOf(lease).some((port) => inUse.has(port))));
      const used = new Set<Lease>();
      for (const lease of leases) if (await isUsed(lease)) used.add(lease);
      return used;
    },
  };
}
