import { readdirSync, readlinkSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { listPids } from '../process/proc-scan.ts';

/**
 * Milliseconds of looking before others get their turn. Links of /proc never wait for a disk or another process, and
 * reading them synchronously takes a third of the CPU time that fs.promises takes for it.
 */
const SLICE_MS = 1;
const SOCKET = /^socket:\[(\d+)\]$/;

/**
 * The processes that hold these sockets: inode -> pids. All of /proc is read, about 10 ms per 100 processes, since a
 * socket is shared by every process that inherited it. A caller that knows likely owners (the process tree of a
 * lease) names them in `lookFirst`; when they hold all wanted sockets, nobody else is looked at.
 * Processes of other users, and those that end meanwhile, are left out.
 */
export async function findOwners(
  wanted: ReadonlySet<string>,
  lookFirst: readonly number[] = [],
): Promise<Map<string, Set<number>>> {
  const owners = new Map<string, Set<number>>();
  await look(lookFirst, wanted, owners);
  if (owners.size < wanted.size) await look(await listPids(), wanted, owners);
  return owners;
}

async function look(
  pids: readonly number[],
  wanted: ReadonlySet<string>,
  owners: Map<string, Set<number>>,
): Promise<void> {
  let pauseAt = performance.now() + SLICE_MS;
  for (const { pid, inode } of steps(pids)) {
    if (wanted.has(inode)) owners.set(inode, (owners.get(inode) ?? new Set()).add(pid));
    if (performance.now() >= pauseAt) {
      await setImmediate();
      pauseAt = performance.now() + SLICE_MS;
    }
  }
}

/** One step per system call; those that find no socket have the inode ''. */
function* steps(pids: readonly number[]): Generator<{ pid: number; inode: string }> {
  for (const pid of pids) {
    const folder = `/proc/${pid}/fd`;
    const descriptors = namesIn(folder);
    yield { pid, inode: '' };
    for (const name of descriptors)
      yield { pid, inode: SOCKET.exec(targetOf(`${folder}/${name}`))?.[1] ?? '' };
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}
