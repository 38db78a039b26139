import { processDescriber, type ProcessDescription } from '../process/identity.ts';
import { createProcessMemory } from '../process/process-memory.ts';
import { userNames } from '../process/users.ts';
import { inSlices } from '../slices.ts';
import { createOwnerFinder } from './inode-owners.ts';
import { ofHiddenProcess, ofProcess, type FoundListener } from './listener.ts';
import { readProcNet } from './proc-net.ts';
import { readSs } from './ss.ts';

/** A listening socket and the processes that hold it. */
interface HeldSocket {
  address: string;
  port: number;
  uid: number;
  pids: number[];
}

/**
 * Reads who listens, again and again. 5-10 ms for the kernel's list, and some 50 us for each process that is known from
 * the time before; the event loop is free all the while. Calls must not overlap.
 */
export function createLinuxReader(): () => Promise<FoundListener[]> {
  const findOwners = createOwnerFinder();
  let describe: (pid: number) => ProcessDescription | undefined;
  const memory = createProcessMemory((pid) => {
    const description = describe(pid);
    return description && ofProcess(description);
  });

  async function readHeldSockets(): Promise<HeldSocket[]> {
    try {
      const sockets = await readProcNet();
      const ownersOf = await findOwners(new Set(sockets.map(({ inode }) => inode)));
      return sockets.map((socket) => ({ ...socket, pids: ownersOf(socket.inode) }));
    } catch (error) {
      // A sandbox may hide /proc/net and still let netlink through.
      const sockets = await readSs();
      if (sockets) return sockets;
      throw error;
    }
  }

  return async () => {
    const sockets = await readHeldSockets();
    const pids = new Set(sockets.flatMap((socket) => socket.pids));
    const holders = new Map<number, ReturnType<typeof memory.of>>();
    describe = processDescriber();
    await inSlices(pids, (pid) => holders.set(pid, memory.of(pid)));
    memory.keepOnly(pids);
    const userOf = userNames();
    return sockets.flatMap(({ address, port, uid, pids: owners }): FoundListener[] => {
      const user = userOf(uid);
      if (owners.length === 0) return [{ address, port, ...ofHiddenProcess, user }];
      return owners.map((pid) => ({ address, port, ...ofHiddenProcess, ...holders.get(pid), pid, user }));
    });
  };
}
