import { readlinkSync } from 'node:fs';

/** A process stays where it was started: unshare(2) moves it only before it becomes what it is. */
const OWN = networkOf('self');

/**
 * In which of the kernel's network namespaces a process runs (Linux, network_namespaces(7)): `net:[4026531840]`. A port
 * in another one is another machine's. Undefined where the system has none, or does not tell.
 */
export function networkOf(pid: number | 'self'): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

export const ownNetwork = (): string | undefined => OWN;
