import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkIfAbsent } from './files/link-if-absent.ts';
import { readTextOrNothing } from './files/read-text.ts';
import { ownNetwork } from './network-namespace.ts';
import { bootId } from './process/identity.ts';

/** Says whose ports the state in the root of the home is about: the boot of the machine and the network namespace. */
const OWNER = 'network';

/**
 * The folder of this network namespace's daemon: the root itself for the first that uses a home in this boot of the
 * machine, a folder below it for each other one. So no table of ports is ever about two networks.
 */
export function homeOfNetwork(root: string): string {
  const own = ownNetwork();
  const owner = readOwner(root);
  if (own === undefined || owner === undefined || owner.network === own) return root;
  return owner.boot === bootId() ? join(root, folderOf(own)) : root;
}

/** Makes the root this network's, if it is nobody's: to be called before anything is written there. */
export function claimRoot(root: string): void {
  const own = ownNetwork();
  if (own === undefined) return;
  const path = join(root, OWNER);
  const owner = readOwner(root);
  if (owner?.boot === bootId()) return;
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, `${bootId()} ${own}\n`, { mode: 0o600, flag: 'wx' });
    if (owner) renameSync(draft, path);
    else linkIfAbsent(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

const folderOf = (network: string): string => `net-${network.replaceAll(/\D/g, '')}`;

/** The folder of a network namespace. */
export const isNetworkFolder = (name: string): boolean => /^net-\d+$/.test(name);

function readOwner(root: string): { boot: string; network: string } | undefined {
  const [, boot, network] = /^(\S+) (net:\[\d+\])\n$/.exec(readTextOrNothing(join(root, OWNER)) ?? '') ?? [];
  return boot !== undefined && network !== undefined ? { boot, network } : undefined;
}
