import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkIfAbsent } from './files/link-if-absent.ts';
import { OWNER, readOwner } from './home-of-network.ts';
import { ownNetwork } from './network-namespace.ts';
import { linuxBootId } from './process/linux-boot-id.ts';

/** Makes the root this network's, if it is nobody's: to be called before anything is written there. */
export function claimRoot(root: string): void {
  const own = ownNetwork();
  if (own === undefined) return;
  const path = join(root, OWNER);
  const owner = readOwner(root);
  if (owner?.boot === linuxBootId()) return;
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, `${linuxBootId()} ${own}\n`, { mode: 0o600, flag: 'wx' });
    if (owner) renameSync(draft, path);
    else linkIfAbsent(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}
