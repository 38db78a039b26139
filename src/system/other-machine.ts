import { randomUUID } from 'node:crypto';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StyxyError } from '../base/styxy-error.ts';
import { namesIn } from './files/names-in.ts';
import { readTextOrNothing } from './files/read-text.ts';
import { isNetworkFolder } from './home-of-network.ts';
import { machineName } from './machine-name.ts';
import { parsePidFile, type PidFile } from './pid-file.ts';
import { bootId } from './process/identity.ts';

/** How long a daemon elsewhere counts as living after its last touch. ms */
const LAST_TOUCH_MS = 120_000;

/**
 * Refuses a home on a shared disk that another machine uses, in whichever network: to be called before anything of it is
 * written. What lies there is about that machine's ports.
 * @throws StyxyError STATE_UNWRITABLE
 */
export function refuseOtherMachine(root: string): void {
  const pidFile = (folder: string): string => join(folder, 'daemon.pid');
  const networks = namesIn(root).filter(isNetworkFolder);
  for (const folder of [root, ...networks.map((name) => join(root, name))])
    refuseDaemonElsewhere(pidFile(folder));
}

/** The same for one `daemon.pid`. @throws StyxyError STATE_UNWRITABLE */
export function refuseDaemonElsewhere(pidFile: string, ownBoot?: string): void {
  const daemon = findDaemonElsewhere(pidFile, ownBoot);
  if (!daemon) return;
  throw new StyxyError('STATE_UNWRITABLE', `${dirname(pidFile)} is in use by another machine`, {
    why: `its daemon (pid ${daemon.pid}) runs on ${daemon.machine}, with leases of ports there`,
    hint: 'point STYXY_HOME to a folder that belongs to this machine alone',
    details: { path: pidFile },
  });
}

/** The daemon of another machine that shares the disk. Its process can't be seen from here, but that it touches its file. */
export function findDaemonElsewhere(pidFile: string, ownBoot?: string): PidFile | undefined {
  const daemon = parsePidFile(readTextOrNothing(pidFile) ?? '');
  if (daemon?.machine === undefined || daemon.machine === machineName()) return undefined;
  // This machine may have got another name: another one has another boot as well.
  if (daemon.boot_id === (ownBoot ?? bootId())) return undefined;
  const touchedAt = statSync(pidFile, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return timeOfDisk(dirname(pidFile)) - touchedAt < LAST_TOUCH_MS ? daemon : undefined;
}

/** The clocks of the machines may differ; the disk has one. */
function timeOfDisk(folder: string): number {
  const stamp = join(folder, `daemon.pid.${randomUUID()}`);
  try {
    writeFileSync(stamp, '', { mode: 0o600, flag: 'wx' });
    return statSync(stamp).mtimeMs;
  } catch {
    // A full or read-only disk.
    return Date.now();
  } finally {
    rmSync(stamp, { force: true });
  }
}
