import type { Machine } from '../../src/daemon/machine/facts.ts';

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
    processesOf: async () => [],
    endProcesses: async () => undefined,
    ...own,
  };
}
