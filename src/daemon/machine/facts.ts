import type { WireListener } from '../../protocol/answers/listener.ts';
import { LEASE_MARKER, PORT_VARIABLE } from '../../protocol/lease-marker.ts';
import { createFolderFinder, type FolderState } from '../../system/files/find-folder.ts';
import { readEphemeralPorts, type PortSpan } from '../../system/ports/ephemeral.ts';
import type { Listener } from '../../system/ports/listener.ts';
import { createListenerReader, portsInUse, type PortsInUse } from '../../system/ports/listeners.ts';
import { isPortFree } from '../../system/ports/probe.ts';
import { createPublishedPorts } from '../../system/ports/published-ports.ts';
import { environmentVariableOf } from '../../system/process/environment.ts';
import { ageOf, exists, identify, isAlive, type ProcessIdentity } from '../../system/process/identity.ts';
import { endProcesses } from '../../system/process/kill-tree.ts';
import { isOpenedForUser } from '../../system/process/opened-for-user.ts';
import { createProcessMemory } from '../../system/process/process-memory.ts';
import { currentView, isDescendant, parentOf } from '../../system/process/tree.ts';
import { inSlices } from '../../system/slices.ts';
import { createProcessFinder, type ProcessFinder } from './started-for.ts';
import { toWire } from './wire-listener.ts';

/** Facts about processes, and the one effect on them. */
export interface ProcessFacts extends ProcessFinder {
  identify(pid: number): ProcessIdentity | undefined;
  isAlive(process: ProcessIdentity): boolean;
  /** Some process, perhaps a zombie or another one, has this pid: a tenth of the cost of `isAlive`. */
  exists(pid: number): boolean;
  /** The one was started by the other, or by a descendant of it. */
  isDescendant(pid: number, ancestor: number): boolean;
  /** The process that started this one, as far as it lives. */
  starterOf(pid: number): ProcessIdentity | undefined;
  /** How long a process has been running, ms; undefined when that can't be told. */
  ageOf(process: ProcessIdentity): number | undefined;
  /** SIGTERM, and SIGKILL after the grace. What a desktop's opener has started is left alone. */
  endProcesses(processes: readonly ProcessIdentity[], graceMs: number): Promise<unknown>;
}

/** Facts about listeners. */
export interface PortFacts {
  /** No program listens there, and no container has it. */
  isPortFree(port: number): Promise<boolean>;
  readListeners(): Promise<WireListener[]>;
  /** The ports that have a listener, without the search for the processes. */
  portsInUse(): Promise<PortsInUse>;
  /** As of the last reading of the listeners. */
  parentOf(pid: number): number | undefined;
  /** The lease whose marker stands in the process's environment. */
  leaseMarkerOf(pid: number): string | undefined;
  /** Ports that the system gives to outgoing connections; undefined when it doesn't tell. */
  ephemeralPorts(): Promise<PortSpan | undefined>;
}

/** This machine, as far as the daemon sees and changes it. Tests show it any other. */
export interface Machine extends PortFacts, ProcessFacts {
  findFolder(path: string): Promise<FolderState>;
}

const isSpared = ({ pid }: ProcessIdentity): boolean => isOpenedForUser(pid, LEASE_MARKER, PORT_VARIABLE);

export function createMachine(env: NodeJS.ProcessEnv): Machine {
  return {
    ...createPortFacts(env),
    identify,
    isAlive,
    exists,
    isDescendant,
    starterOf(pid) {
      const parent = parentOf(pid);
      return parent === undefined ? undefined : identify(parent);
    },
    ageOf,
    ...createProcessFinder(),
    endProcesses: (processes, graceMs) => endProcesses(processes, { graceMs, isSpared }),
    findFolder: createFolderFinder(),
  };
}

/**
 * Each reading also finds the parents and the marker of every listener, in slices: judging hundreds of listeners then
 * reads nothing and takes no time.
 */
function createPortFacts(env: NodeJS.ProcessEnv): PortFacts {
  const published = createPublishedPorts(env);
  const read = createListenerReader(published.read);
  const markers = createProcessMemory((pid) => ({ marker: environmentVariableOf(pid, LEASE_MARKER) }));
  /** When our last probe of a port has ended; Infinity: it has not. Only those that a reading may have met. */
  const probes = new Map<number, number>();
  let readings = 0;
  let parents = new Map<number, number | undefined>();
  let marked = new Map<number, string | undefined>();

  /** A probe listens for a moment, and nobody is to take it for a program. */
  const isProbe = ({ port, pid }: Listener, begunAt: number): boolean =>
    pid === process.pid && (probes.get(port) ?? -Infinity) >= begunAt;

  return {
    async isPortFree(port) {
      probes.set(port, Infinity);
      const isFree = await isPortFree(port).finally(() => {
        if (readings > 0) probes.set(port, performance.now());
        else probes.delete(port);
      });
      return isFree && !(await published.has(port));
    },

    async portsInUse() {
      const [sockets, containers] = await Promise.all([portsInUse(), published.read()]);
      for (const { port } of containers) sockets.add(port);
      return sockets;
    },

    async readListeners() {
      const begunAt = performance.now();
      readings += 1;
      const found = await read().finally(() => (readings -= 1));
      const listeners = found.filter((each) => !isProbe(each, begunAt));
      for (const [port, endedAt] of probes) if (endedAt < begunAt) probes.delete(port);
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
      return listeners.map((each) => toWire(each, each.pid === null ? undefined : marked.get(each.pid)));
    },

    parentOf: (pid) => (parents.has(pid) ? parents.get(pid) : parentOf(pid)),
    leaseMarkerOf: (pid) => (marked.has(pid) ? marked.get(pid) : environmentVariableOf(pid, LEASE_MARKER)),
    ephemeralPorts: async () => (await readEphemeralPorts()).range,
  };
}
