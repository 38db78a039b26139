import { readTextOrNothing } from '../files/read-text.ts';
import { runTool } from '../process/run-tool.ts';

/** Ports in a row, both ends included. */
export interface PortSpan {
  first: number;
  last: number;
}

export interface EphemeralPorts {
  /** Where the system takes ports for outgoing connections from. Undefined when it doesn't tell. */
  range: PortSpan | undefined;
  /** Those of them that it leaves out (Linux: ip_local_reserved_ports). */
  reserved: PortSpan[];
}

export async function readEphemeralPorts(platform = process.platform): Promise<EphemeralPorts> {
  if (platform === 'linux') {
    const folder = '/proc/sys/net/ipv4';
    return {
      range: parsePortPair(readTextOrNothing(`${folder}/ip_local_port_range`) ?? ''),
      reserved: parsePortList(readTextOrNothing(`${folder}/ip_local_reserved_ports`) ?? ''),
    };
  }
  const text =
    platform === 'win32'
      ? await runTool('netsh', ['int', 'ipv4', 'show', 'dynamicport', 'tcp'])
      : await runTool('sysctl', ['-n', 'net.inet.ip.portrange.first', 'net.inet.ip.portrange.last']);
  const range = platform === 'win32' ? parseNetsh(text ?? '') : parsePortPair(text ?? '');
  return { range, reserved: [] };
}

/** Two numbers, first and last port. */
export function parsePortPair(text: string): PortSpan | undefined {
  const [first, last] = text.trim().split(/\s+/).map(Number);
  return first && last && first <= last ? { first, last } : undefined;
}

/** A list like `3000,9000-9100`. */
export function parsePortList(text: string): PortSpan[] {
  return text
    .trim()
    .split(',')
    .flatMap((part) => parsePortPair(part.includes('-') ? part.replace('-', ' ') : `${part} ${part}`) ?? []);
}

/** Start port and number of ports, whatever the language of the words before them. */
export function parseNetsh(text: string): PortSpan | undefined {
  const [first, count] = [...text.matchAll(/:\s*(\d+)\s*$/gm)].map(([, number]) => Number(number));
  return first && count ? { first, last: first + count - 1 } : undefined;
}
