import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StyxyError, systemCode } from '../../base/styxy-error.ts';

/**
 * Makes a folder (0700) and those above it that are missing. Unlike Node's own recursive mkdir, which reports ENOENT
 * for whatever goes wrong further up, it throws the error that says why: EROFS, EACCES, ENOSPC...
 * @throws StyxyError FORBIDDEN, see `refuseForSudo`
 */
export function makeFolder(path: string): void {
  if (!existsSync(path)) refuseForSudo(path);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    // Some file systems (/proc) say ENOENT for a name they don't want, below a folder that is there.
    if (code !== 'ENOENT' || existsSync(dirname(path))) throw error;
    makeFolder(dirname(path));
    makeFolder(path);
  }
}

/**
 * `sudo styxy` keeps HOME on some systems, and the working folder on all: what root makes or replaces there would shut its
 * user out.
 * @throws StyxyError FORBIDDEN
 */
export function refuseForSudo(path: string): void {
  const above = folderOfCaller(path);
  if (above === undefined) return;
  throw new StyxyError('FORBIDDEN', `${path} is not ${existsSync(path) ? 'replaced' : 'made'} by root`, {
    why: `${above} belongs to user ${process.env.SUDO_UID}, who could not use it`,
    hint: 'leave sudo out, or use sudo -H',
    details: { path },
  });
}

/** The folder in which it would be, where that belongs to the user that called `sudo`. */
export function folderOfCaller(path: string): string | undefined {
  const caller = Number(process.env.SUDO_UID ?? 0);
  if (process.geteuid?.() !== 0 || !(caller > 0)) return undefined;
  let above = dirname(path);
  while (!existsSync(above) && above !== dirname(above)) above = dirname(above);
  return statSync(above).uid === caller ? above : undefined;
}
