// `node:fs/promises` by itself would be loaded by each run, which reads nothing here.
import { promises } from 'node:fs';
import { SocketAddress } from 'node:net';
import { systemCode } from '../../base/styxy-error.ts';

/** A listening TCP socket as the kernel lists it. */
interface ListeningSocket {
  address: string;
  port: number;
  /** Of the user who made the socket. */
  uid: number;
  /** The name under which a process's file descriptors show this socket. */
  inode: string;
}

const LISTEN = '0A';
const LISTEN_FIELD = ` ${LISTEN} `;

/**
 * All listening TCP sockets of this network namespace; about 5 ms per family, since the kernel walks its whole
 * table of connections for it.
 * @throws the system's error when /proc/net/tcp can't be read.
 */
export async function readProcNet(): Promise<ListeningSocket[]> {
  const [v4, v6] = await Promise.all([
    promises.readFile('/proc/net/tcp', 'latin1'),
    promises.readFile('/proc/net/tcp6', 'latin1').catch(withoutIpv6),
  ]);
  return [...parseProcNet(v4, 'ipv4'), ...parseProcNet(v6, 'ipv6')];
}

/**
 * The listening sockets in the text of /proc/net/tcp or /proc/net/tcp6 (proc_pid_net(5)). Fields of a line: number,
 * local address, remote address, state, queues, timer, retransmits, uid, timeout, inode.
 */
export function parseProcNet(text: string, family: 'ipv4' | 'ipv6'): ListeningSocket[] {
  const sockets: ListeningSocket[] = [];
  // Hundreds of sockets have a handful of addresses.
  const addresses = new Map<string, string>();
  for (const line of text.split('\n')) {
    // Most lines of a busy machine are connections, and taking a line apart costs most.
    if (!line.includes(LISTEN_FIELD)) continue;
    const [, local, , state, , , , uid, , inode] = line.trim().split(/\s+/);
    if (state !== LISTEN || local === undefined || uid === undefined || inode === undefined) continue;
    const [hex = '', port = ''] = local.split(':');
    const address = addresses.get(hex) ?? (family === 'ipv4' ? ipv4(hex) : ipv6(hex));
    addresses.set(hex, address);
    sockets.push({
      address,
      port: Number.parseInt(port, 16),
      uid: Number(uid),
      inode,
    });
  }
  return sockets;
}

function ipv4(hex: string): string {
  return [...words(hex)].join('.');
}

/** In its shortest form (RFC 5952); v4-mapped addresses end in their four numbers. */
function ipv6(hex: string): string {
  const bytes = words(hex);
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
}

/** The bytes in network order; the kernel prints each 32-bit word in the machine's order: little endian, here. */
function words(hex: string): Buffer {
  return Buffer.from(hex, 'hex').swap32();
}

/** A kernel without IPv6 has no /proc/net/tcp6. */
function withoutIpv6(error: unknown): string {
  if (systemCode(error) === 'ENOENT') return '';
  throw error;
}
