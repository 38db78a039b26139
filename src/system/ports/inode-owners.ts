import { readlinkSync } from 'node:fs';
import { namesIn } from '../files/names-in.ts';
import { listPids } from '../process/proc-stat.ts';
import { inSlices } from '../slices.ts';

/** How long an owner that still holds the socket is believed to be the only one. A child may inherit it later. ms */
const TRUSTED_MS = 10_000;
/** The same for a socket whose owner can't be seen: another user's, most likely. ms */
const UNSEEN_MS = 2000;
const SOCKET = /^socket:\[(\d+)\]$/;

interface Finding {
  owners: { pid: number; descriptor: string }[];
  foundAt: number;
}

/**
 * Finds the processes that hold sockets: inode -> pids, none for those of other users' processes. To know all that
 * share a socket, all of /proc is read, some 10 ms per 100 processes. So owners are remembered, and looked at again by
 * one link each: an inode is no other socket's while it is held under the same descriptor.
 * Calls must not overlap.
 */
export function createOwnerFinder(
  now: () => number = () => performance.now(),
): (inodes: ReadonlySet<string>) => Promise<(inode: string) => number[]> {
  const known = new Map<string, Finding>();

  function isStillTrue(inode: string, { owners, foundAt }: Finding): boolean {
    if (now() - foundAt > (owners.length > 0 ? TRUSTED_MS : UNSEEN_MS)) return false;
    return owners.every(({ descriptor }) => inodeOf(descriptor) === inode);
  }

  return async (inodes) => {
    for (const inode of known.keys()) if (!inodes.has(inode)) known.delete(inode);
    const wanted = new Set<string>();
    await inSlices(inodes, (inode) => {
      const finding = known.get(inode);
      if (!finding || !isStillTrue(inode, finding)) wanted.add(inode);
    });
    if (wanted.size > 0) {
      const found = await search(wanted);
      for (const inode of wanted) known.set(inode, { owners: found.get(inode) ?? [], foundAt: now() });
    }
    return (inode) => [...new Set(known.get(inode)?.owners.map(({ pid }) => pid))];
  };
}

async function search(wanted: ReadonlySet<string>): Promise<Map<string, Finding['owners']>> {
  const found = new Map<string, Finding['owners']>();
  await inSlices(descriptorsOf(await listPids()), ({ pid, descriptor }) => {
    const inode = inodeOf(descriptor);
    if (!wanted.has(inode)) return;
    const owners = found.get(inode);
    if (owners) owners.push({ pid, descriptor });
    else found.set(inode, [{ pid, descriptor }]);
  });
  return found;
}

/** One step per process at least, even when it has nothing that we may see. */
function* descriptorsOf(pids: readonly number[]): Generator<{ pid: number; descriptor: string }> {
  for (const pid of pids) {
    const folder = `/proc/${pid}/fd`;
    // Of processes of other users, and of those that ended meanwhile, there is nothing to see.
    const names = namesIn(folder);
    if (names.length === 0) yield { pid, descriptor: '' };
    for (const name of names) yield { pid, descriptor: `${folder}/${name}` };
  }
}

function inodeOf(descriptor: string): string {
  if (descriptor === '') return '';
  try {
    return SOCKET.exec(readlinkSync(descriptor))?.[1] ?? '';
  } catch {
    return '';
  }
}
