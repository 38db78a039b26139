import { describeProcess } from '../process/identity.ts';
import { runTool } from '../process/run-tool.ts';
import { parsePsCommands } from '../process/macos.ts';
import { userNames } from '../process/users.ts';
import { findOwners } from './inode-owners.ts';
import { readFolders, readLsof } from './lsof.ts';
import { readMacosNetstat, readWindowsNetstat } from './netstat.ts';
import { readProcNet } from './proc-net.ts';

/** A process that listens on a TCP port. A socket that several processes share is listed for each of them. */
export interface Listener {
  address: string;
  port: number;
  /** Null: the socket belongs to a process that this user may not look at, most likely of another user. */
  pid: number | null;
  command: string | null;
  cwd: string | null;
  user: string | null;
}

export interface ListenerQuery {
  /** Only these ports; asked before the costly search for the processes. */
  ports?: (port: number) => boolean;
  /** Pids of the likely holders (Linux): nobody else is looked at when they hold all the sockets. */
  lookFirst?: readonly number[];
  platform?: NodeJS.Platform;
}

/**
 * Who listens on TCP in this network namespace, IPv4 and IPv6. Linux: 5-10 ms for the sockets, as much again for
 * the processes; elsewhere two or three programs are run.
 * @throws the system's error, or Error for a missing program, when that can't be known.
 */
export async function readListeners(query: ListenerQuery = {}): Promise<Listener[]> {
  const { ports = () => true, lookFirst = [], platform = process.platform } = query;
  if (platform === 'linux') return readOnLinux(ports, lookFirst);
  return platform === 'win32' ? readOnWindows(ports) : readOnMacos(ports);
}

/** The ports that anybody listens on, without the search for the processes. Errors as for `readListeners`. */
export async function portsInUse(platform = process.platform): Promise<Set<number>> {
  const sockets = await readSockets(platform);
  return new Set(sockets.map(({ port }) => port));
}

async function readSockets(platform: NodeJS.Platform): Promise<readonly { port: number }[]> {
  if (platform === 'linux') return readProcNet();
  return platform === 'win32' ? readWindowsNetstat() : readMacosNetstat();
}

type PortFilter = (port: number) => boolean;

async function readOnLinux(ports: PortFilter, lookFirst: readonly number[]): Promise<Listener[]> {
  const sockets = (await readProcNet()).filter(({ port }) => ports(port));
  if (sockets.length === 0) return [];
  const owners = await findOwners(new Set(sockets.map(({ inode }) => inode)), lookFirst);
  const userOf = userNames();
  return sockets.flatMap(({ address, port, uid, inode }): Listener[] => {
    const user = userOf(uid);
    const pids = [...(owners.get(inode) ?? [])];
    if (pids.length === 0) return [{ address, port, pid: null, command: null, cwd: null, user }];
    return pids.map((pid) => {
      const { command = null, cwd = null } = describeProcess(pid) ?? {};
      return { address, port, pid, command, cwd, user };
    });
  });
}

/** lsof knows the processes, but only this user's; netstat has everybody's sockets. */
async function readOnMacos(ports: PortFilter): Promise<Listener[]> {
  const [all, visible] = await Promise.all([readMacosNetstat(), readLsof()]);
  const own = (visible ?? []).filter(({ port }) => ports(port));
  const ownPorts = new Set(own.map(({ port }) => port));
  const pids = [...new Set(own.map(({ pid }) => pid))];
  const [commands, folders] = await Promise.all([readCommands(pids), readFolders(pids)]);
  return [
    ...own.map((socket): Listener => {
      const { pid, command } = socket;
      return { ...socket, command: commands.get(pid) ?? command, cwd: folders.get(pid) ?? null };
    }),
    ...all
      .filter(({ port }) => ports(port) && !ownPorts.has(port))
      .map((socket): Listener => ({ ...socket, command: null, cwd: null, user: null })),
  ];
}

async function readCommands(pids: readonly number[]): Promise<Map<number, string>> {
  return parsePsCommands((await runTool('ps', ['-ww', '-o', 'pid=,command=', '-p', pids.join(',')])) ?? '');
}

async function readOnWindows(ports: PortFilter): Promise<Listener[]> {
  return (await readWindowsNetstat())
    .filter(({ port }) => ports(port))
    .map((socket) => ({ ...socket, command: null, cwd: null, user: null }));
}
