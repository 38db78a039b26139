import { runTool } from '../process/run-tool.ts';

/** A listening TCP socket as iproute2's `ss` prints it. */
export interface SsSocket {
  address: string;
  port: number;
  uid: number;
  /** All processes that hold it, as far as this user may know. */
  pids: number[];
}

/** All listening TCP sockets. Undefined when ss is missing: it needs no /proc/net, but is not everywhere. */
export async function readSs(): Promise<SsSocket[] | undefined> {
  const text = await runTool('ss', ['-ltnpeHO']);
  return text === undefined ? undefined : parseSs(text);
}

/**
 * Lines of `ss -ltnpeHO`: state, two queues, local address, remote address, `users:(("node",pid=7,fd=18),...)`, and
 * `uid:` unless it is 0. A program may have any text as its name, which stands in quotes.
 */
export function parseSs(text: string): SsSocket[] {
  const sockets: SsSocket[] = [];
  for (const line of text.split('\n')) {
    const [, local = '', rest = ''] = /^LISTEN\s+\d+\s+\d+\s+(\S+)\s+\S+(.*)$/.exec(line) ?? [];
    const [, host = '', port] = /^(.+):(\d+)$/.exec(local) ?? [];
    if (port === undefined) continue;
    const pids = [...rest.matchAll(/",pid=(\d+),fd=\d+\)/g)].map(([, pid]) => Number(pid));
    const uid = /\suid:(\d+)(?=\s|$)/.exec(rest.replace(/users:\(.*\)\)/, ''))?.[1] ?? '0';
    sockets.push({
      address: addressOf(host),
      port: Number(port),
      uid: Number(uid),
      pids: [...new Set(pids)],
    });
  }
  return sockets;
}

/** `*` is a socket for both families; an address can have its interface behind it. */
function addressOf(host: string): string {
  if (host === '*') return '::';
  return host.replace(/%[^\]]*/, '').replace(/^\[(.*)\]$/, '$1');
}
