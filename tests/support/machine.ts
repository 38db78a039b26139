import { createObserver, type Observer } from '../../src/daemon/machine/observer.ts';
import { createLeaseTable } from '../../src/domain/lease-table.ts';
import { createCatalog } from '../../src/domain/service-type.ts';
import type { Machine } from '../../src/daemon/machine/facts.ts';

/** Observes a machine for no lease. */
export const observerOf = (
  machine: Pick<Machine, 'readListeners' | 'portsInUse' | 'parentOf' | 'leaseMarkerOf'>,
): Observer => createObserver(machine, createLeaseTable(createCatalog([])), Date.now);

/** A machine on which nothing listens and only what the test names runs. */
export function quietMachine(own: Partial<Machine> = {}): Machine {
  return {
    isPortFree: async () => true,
    readListeners: async () => [],
    portsInUse: async () => new Set(),
    parentOf: () => undefined,
    leaseMarkerOf: () => undefined,
    ephemeralPorts: async () => ({ first: 32_768, last: 60_999 }),
    identify: () => undefined,
    isAlive: () => false,
    exists: () => false,
    isDescendant: () => false,
    starterOf: () => undefined,
    ageOf: () => undefined,
    noteGrant() {},
    noteEnd() {},
    processesOf: async () => [],
    endProcesses: async () => undefined,
    findFolder: async () => 'there',
    ...own,
  };
}
