import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isNetworkFolder } from './home-of-network.ts';
import type { Paths } from './paths.ts';
import { readPidFile } from './pid-file.ts';
import { isHolderAlive } from './pid-holder.ts';
import { bootId } from './process/identity.ts';

/** A namespace ends with its last process, and its number may be given anew. ms */
const OLD_MS = 86_400_000;

/** Removes the folders of other networks that have had no daemon for a day. */
export function removeOldNetworks({ root, home }: Pick<Paths, 'root' | 'home'>): void {
  const folders = readdirSync(root)
    .filter(isNetworkFolder)
    .map((name) => join(root, name));
  for (const folder of folders.filter((each) => each !== home)) removeIfOld(folder);
}

function removeIfOld(folder: string): void {
  try {
    const daemon = readPidFile(join(folder, 'daemon.pid'));
    const isOld = Date.now() - statSync(folder).mtimeMs > OLD_MS;
    if (isOld && !(daemon && isHolderAlive(daemon, bootId())))
      rmSync(folder, { recursive: true, force: true });
  } catch {
    // Another daemon removes it just now, or it can't be read: no reason not to start.
  }
}
