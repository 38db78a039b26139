import { withContainers, type PublishedPort } from './containers.ts';
import { createLinuxReader } from './linux-listeners.ts';
import { createWorktreeFinder } from '../worktree-finder.ts';
import type { FoundListener, Listener } from './listener.ts';
import { readOnMacos } from './macos-listeners.ts';
import { readMacosNetstat, readWindowsNetstat } from './netstat.ts';
import { readProcNet } from './proc-net.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { readOnWindows } from './windows-listeners.ts';

/**
 * Reads who listens on TCP in this network namespace, IPv4 and IPv6. Meant to be asked again and again: what was
 * learned of sockets and processes is remembered. Elsewhere than on Linux, each look runs three or four programs.
 * @param published ports that containers publish, whether or not a listener of theirs can be seen
 * @returns throws the system's error, or Error for a missing program, when it can't be known who listens
 */
export function createListenerReader(
  published: () => Promise<readonly PublishedPort[]>,
  platform = process.platform,
): () => Promise<Listener[]> {
  const read = readerFor(platform);
  const findWorktree = createWorktreeFinder();
  return oneAtATime(async () => {
    const [listeners, ports] = await Promise.all([read(), published()]);
    return withWorktrees(withContainers(listeners, ports), findWorktree);
  });
}

/**
 * Who listens, for a process that asks once and ends. No folder is looked at: a dead mount would keep a thread of the process,
 * and with it its end. Errors as above.
 */
export async function listenersNow(
  published: () => Promise<readonly PublishedPort[]> = async () => [],
): Promise<FoundListener[]> {
  const [listeners, ports] = await Promise.all([readerFor(process.platform)(), published()]);
  return withContainers(listeners, ports);
}

async function withWorktrees(
  listeners: readonly FoundListener[],
  findWorktree: ReturnType<typeof createWorktreeFinder>,
): Promise<Listener[]> {
  const folders = new Set(
    listeners.flatMap(({ folder }) => (folder === null || folder === '/' ? [] : [folder])),
  );
  const worktrees = await findWorktree(folders);
  return listeners.map(({ folder, ...listener }) => ({
    ...listener,
    worktree: worktrees.get(folder ?? '') ?? null,
  }));
}

function readerFor(platform: NodeJS.Platform): () => Promise<FoundListener[]> {
  if (platform === 'linux') return createLinuxReader();
  return platform === 'win32' ? readOnWindows : readOnMacos;
}

/** The ports that anybody listens on, without the search for the processes. Errors as above. */
export async function portsInUse(platform = process.platform): Promise<PortsInUse> {
  const sockets = await readSockets(platform);
  const counts = new Map<number, number>();
  for (const { port } of sockets) counts.set(port, (counts.get(port) ?? 0) + 1);
  return Object.assign(new Set(counts.keys()), { counts });
}

/** Ports with a listener, and how many sockets each has: several addresses, or SO_REUSEPORT. */
export type PortsInUse = Set<number> & { readonly counts?: ReadonlyMap<number, number> };

async function readSockets(platform: NodeJS.Platform): Promise<readonly { port: number }[]> {
  if (platform === 'linux') return readProcNet();
  return platform === 'win32' ? readWindowsNetstat() : readMacosNetstat();
}
