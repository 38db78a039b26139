import { runTool } from '../process/run-tool.ts';

interface NetstatSocket {
  address: string;
  port: number;
  /** Null where netstat doesn't tell (macOS). */
  pid: number | null;
}

/** All listening TCP sockets. @throws Error when netstat is missing. */
export async function readWindowsNetstat(): Promise<NetstatSocket[]> {
  const families = await Promise.all(['TCP', 'TCPv6'].map((family) => netstat(['-ano', '-p', family])));
  return families.flatMap(parseWindowsNetstat);
}

/** All listening TCP sockets, also of other users. @throws Error when netstat is missing. */
export async function readMacosNetstat(): Promise<NetstatSocket[]> {
  return parseMacosNetstat(await netstat(['-anW', '-p', 'tcp']));
}

/**
 * Lines of `netstat -ano`: protocol, local address, remote address, state, pid. The word for the state is in the
 * user's language; the remote address of a listener is always that of nobody, port 0.
 */
export function parseWindowsNetstat(text: string): NetstatSocket[] {
  const sockets: NetstatSocket[] = [];
  for (const line of text.split('\n')) {
    const [protocol, local = '', remote = '', ...rest] = line.trim().split(/\s+/);
    const [, host = '', port] = /^(.+):(\d+)$/.exec(local) ?? [];
    if (protocol !== 'TCP' || port === undefined || !/^(0\.0\.0\.0|\[::\]):0$/.test(remote)) continue;
    const address = host.replace(/^\[([^%\]]*).*\]$/, '$1');
    sockets.push({ address, port: Number(port), pid: Number(rest.at(-1)) });
  }
  return sockets;
}

/** Lines of `netstat -an` on macOS: protocol, two queues, local address (its port after the last dot), remote, state. */
export function parseMacosNetstat(text: string): NetstatSocket[] {
  const sockets: NetstatSocket[] = [];
  for (const line of text.split('\n')) {
    const [protocol = '', , , local = '', , state] = line.trim().split(/\s+/);
    const [, host = '', port] = /^(.+)\.(\d+)$/.exec(local) ?? [];
    if (state !== 'LISTEN' || port === undefined) continue;
    const wildcard = protocol === 'tcp4' ? '0.0.0.0' : '::';
    sockets.push({
      address: host === '*' ? wildcard : host.replace(/%.*$/, ''),
      port: Number(port),
      pid: null,
    });
  }
  return sockets;
}

async function netstat(args: readonly string[]): Promise<string> {
  const text = await runTool('netstat', args);
  if (text === undefined) throw new Error('netstat is missing or does not answer: who listens is not known');
  return text;
}
