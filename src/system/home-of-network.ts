import { join } from 'node:path';
import { readTextOrNothing } from './files/read-text.ts';
import { ownNetwork } from './network-namespace.ts';
import { linuxBootId } from './process/linux-boot-id.ts';

/** Says whose ports the state in the root of the home is about: the boot of the machine and the network namespace. */
export const OWNER = 'network';

/**
 * The folder of this network namespace's daemon: the root itself for the first that uses a home in this boot of the
 * machine, a folder below it for each other one. So no table of ports is ever about two networks.
 */
export function homeOfNetwork(root: string): string {
  const own = ownNetwork();
  const owner = readOwner(root);
  if (own === undefined || owner === undefined || owner.network === own) return root;
  return owner.boot === linuxBootId() ? join(root, folderOf(own)) : root;
}

const folderOf = (network: string): string => `net-${network.replaceAll(/\D/g, '')}`;

/** The folder of a network namespace. */
export const isNetworkFolder = (name: string): boolean => /^net-\d+$/.test(name);

export function readOwner(root: string): { boot: string; network: string } | undefined {
  const [, boot, network] = /^(\S+) (net:\[\d+\])\n$/.exec(readTextOrNothing(join(root, OWNER)) ?? '') ?? [];
  return boot !== undefined && network !== undefined ? { boot, network } : undefined;
}
