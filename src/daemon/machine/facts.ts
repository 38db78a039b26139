import { LEASE_MARKER } from '../../protocol/lease-marker.ts';
import { createListenerReader, portsInUse } from '../../system/ports/listeners.ts';
import { isPortFree } from '../../system/ports/probe.ts';
import { createPublishedPorts } from '../../system/ports/published-ports.ts';
import { environmentVariableOf } from '../../system/process/environment.ts';
import { createProcessMemory } from '../../system/process/process-memory.ts';
import { currentView, parentOf } from '../../system/process/tree.ts';
import { inSlices } from '../../system/slices.ts';
import type { MachineFacts } from './observer.ts';

/** What this machine says about its ports. */
export interface Machine extends MachineFacts {
  /** Nothing listens there, whoever started it, and no container has it. */
  isPortFree(port: number): Promise<boolean>;
}

/**
 * The machine as the daemon sees it. Each reading also looks up the family and the marker of every listener, in slices:
 * judging hundreds of listeners then reads nothing and takes no time.
 */
export function createMachine(env: NodeJS.ProcessEnv): Machine {
  const published = createPublishedPorts(env);
  const read = createListenerReader(published.read);
  const markers = createProcessMemory((pid) => ({ marker: environmentVariableOf(pid, LEASE_MARKER) }));
  let parents = new Map<number, number | undefined>();
  let marked = new Map<number, string | undefined>();

  return {
    async isPortFree(port) {
      return (await isPortFree(port)) && !(await published.has(port));
    },

    async portsInUse() {
      const [sockets, containers] = await Promise.all([portsInUse(), published.read()]);
      for (const { port } of containers) sockets.add(port);
      return sockets;
    },

    async readListeners() {
      const listeners = await read();
      const pids = new Set(listeners.flatMap(({ pid }) => (pid === null ? [] : [pid])));
      const nextParents: typeof parents = new Map();
      const nextMarked: typeof marked = new Map();
      // Elsewhere than on Linux this is one `ps` for all.
      const view = currentView();
      await inSlices(pids, (pid) => {
        // No other system tells the environment of a process.
        if (process.platform === 'linux') nextMarked.set(pid, markers.of(pid)?.marker);
        for (let each: number | undefined = pid; each && !nextParents.has(each);) {
          const parent: number | undefined = view.read(each)?.parent;
          nextParents.set(each, parent);
          each = parent;
        }
      });
      markers.keepOnly(pids);
      [parents, marked] = [nextParents, nextMarked];
      return listeners;
    },

    parentOf: (pid) => (parents.has(pid) ? parents.get(pid) : parentOf(pid)),
    leaseMarkerOf: (pid) => (marked.has(pid) ? marked.get(pid) : environmentVariableOf(pid, LEASE_MARKER)),
  };
}
