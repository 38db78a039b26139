import { statfsSync } from 'node:fs';

/** statfs(2) numbers of file systems that live on another machine. */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x5346414f, 'AFS'],
  [0x01021997, '9P'],
]);

/** The kind of network disk a folder lies on. Undefined for a local disk, and where the system doesn't tell (only Linux does). */
export function networkDiskOf(folder: string): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return NETWORK.get(statfsSync(folder).type);
  } catch {
    return undefined;
  }
}
