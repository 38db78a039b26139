import { LEASE_MARKER } from '../../protocol/lease-marker.ts';
import { identify, isAlive, type ProcessIdentity } from '../../system/process/identity.ts';
import { ancestorsOf, currentView, findMarked, snapshotTree } from '../../system/process/tree.ts';

/**
 * Pauses between two looks at the tree, the last one for ever. A process that leaves it (its parent ended, it made itself
 * a daemon) is found by the lease's marker; one that has no marker (sudo, `env -i`) only if it was seen before. ms
 */
const PAUSES_MS = [100, 200, 400, 800, 1500, 3000, 6000, 12_000, 30_000];

/** The processes that a command has started, the command itself among them. */
export interface Descendants {
  /** Notes who is in the tree now. Linux: about 0.3 ms for each process; elsewhere one `ps`. */
  note(): void;
  /** Those noted that live, wherever they are by now. */
  known(): ProcessIdentity[];
  /** Those that are in the tree now; none once the command has ended. */
  tree(): ProcessIdentity[];
  /** The same, and those that carry the lease's marker and left the tree unseen. */
  find(): Promise<ProcessIdentity[]>;
  close(): void;
}

/** @param lockIds the leases that the command was started with */
export function createDescendants(rootPid: number, lockIds: readonly string[] = []): Descendants {
  // Its pid may belong to another process once it has ended.
  const root = identify(rootPid);
  let noted = new Map<number, ProcessIdentity>();
  let timer: NodeJS.Timeout | undefined;

  const known = (): ProcessIdentity[] => [...noted.values()].filter(isAlive);

  const tree = (): ProcessIdentity[] => (root && isAlive(root) ? snapshotTree(root.pid) : []);

  function note(): void {
    noted = new Map([...known(), ...tree()].map((each) => [each.pid, each]));
  }

  function noteAfter(step: number): void {
    const pause = PAUSES_MS[Math.min(step, PAUSES_MS.length - 1)];
    timer = setTimeout(() => {
      note();
      noteAfter(step + 1);
    }, pause).unref();
  }

  // Elsewhere each look blocks for a program.
  if (process.platform === 'linux') noteAfter(0);
  return {
    note,
    known,
    tree,
    async find() {
      note();
      const marked = await findMarked(LEASE_MARKER, lockIds);
      for (const each of thoseThatLeft(marked)) noted.set(each.pid, each);
      return known();
    },
    close: () => clearTimeout(timer),
  };
}

/**
 * Of the processes with a lease's marker, those whose starter has ended. The rest belong to somebody who lives: to an
 * outer run of this lease that we are part of, or to another wrapper that shares it.
 */
function thoseThatLeft(marked: readonly ProcessIdentity[]): ProcessIdentity[] {
  if (marked.length === 0) return [];
  const view = currentView();
  const pids = new Set(marked.map(({ pid }) => pid));
  const above = new Set([1, ...ancestorsOf(process.pid, view)]);
  return marked.filter(({ pid }) => {
    const chain = [pid, ...ancestorsOf(pid, view)];
    const starter = chain.find((each) => !pids.has(each)) ?? 1;
    // Orphans go to init, or to an ancestor that has asked the kernel for them (systemd --user).
    return (
      above.has(starter) && !chain.some((each) => each === process.pid || (pids.has(each) && above.has(each)))
    );
  });
}
