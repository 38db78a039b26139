import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isNetworkFolder } from './home-of-network.ts';
import { readPidFile } from './pid-file.ts';
import { isHolderAlive } from './pid-holder.ts';
import { bootId } from './process/identity.ts';

/** A namespace ends with its last process, and its number may be given anew. ms */
const OLD_MS = 86_400_000;

/** Removes the folders of networks that have had no daemon for a day. */
export function removeOldNetworks(root: string): void {
  for (const name of readdirSync(root).filter(isNetworkFolder)) {
    const folder = join(root, name);
    const daemon = readPidFile(join(folder, 'daemon.pid'));
    const isOld = Date.now() - statSync(folder).mtimeMs > OLD_MS;
    if (isOld && !(daemon && isHolderAlive(daemon, bootId())))
      rmSync(folder, { recursive: true, force: true });
  }
}
