import { chmodSync, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StyxyError, messageOf, systemCode } from '../../base/styxy-error.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Makes sure that a folder exists, belongs to this user alone and is closed to everybody else (0700).
 * The folder carries the permissions: on some systems those of a socket inside it are ignored. A folder that others
 * may write to, or that is there for something else, is refused as it is: closing it would shut them out.
 * @param followLink the user's own home folder may be a symbolic link; a folder in a shared place must not be
 * @returns its real path
 * @throws StyxyError STATE_UNWRITABLE, FORBIDDEN when it is somebody else's, or is not for us alone
 */
export function ensurePrivateFolder(path: string, { followLink }: { followLink: boolean }): string {
  try {
    makeFolder(path);
    const link = lstatSync(path);
    if (!followLink && link.isSymbolicLink()) throw notOurs(path, 'it is a symbolic link');
    const real = realpathSync(path);
    if (process.platform === 'win32') return real;
    const own = process.geteuid?.();
    const { uid, mode } = statSync(real);
    if (uid !== own) throw notOurs(path, `it belongs to user ${uid}`);
    if (link.uid !== own && link.uid !== 0) throw notOurs(path, `it is a link of user ${link.uid}`);
    const purpose = purposeOf(real);
    if (purpose !== undefined) throw notOurs(path, purpose);
    if ((mode & 0o077) === 0) return real;
    if ((mode & FOR_OTHERS) !== 0) throw notOurs(path, `${SHARED} (mode ${(mode & 0o7777).toString(8)})`);
    chmodSync(real, 0o700);
    return real;
  } catch (error) {
    if (error instanceof StyxyError) throw error;
    throw new StyxyError('STATE_UNWRITABLE', `can't use the folder ${path}`, {
      why: messageOf(error),
      hint: systemCode(error) === 'ENOSPC' ? 'free some disk space' : undefined,
      details: { path },
      cause: error,
    });
  }
}

/** Setuid, setgid and sticky, and the right of everybody to write: somebody has made it for many. */
const FOR_OTHERS = 0o7002;
const SHARED = 'it was made for several users';

/** What else a folder is there for; undefined when nothing is seen of that. */
function purposeOf(folder: string): string | undefined {
  if (folder === dirname(folder)) return 'it is the root of the file system';
  const names = readdirSync(folder);
  const sign = ['.git', 'package.json'].find((name) => names.includes(name));
  return sign === undefined ? undefined : `it is a project: there is a ${sign} in it`;
}

/** A folder of the system in which nobody but this user has a say: only there may our own one be made. */
export function isPrivateFolder(path: string): boolean {
  try {
    const { uid, mode } = statSync(path);
    return uid === process.geteuid?.() && (mode & 0o077) === 0;
  } catch {
    return false;
  }
}

function notOurs(path: string, why: string): StyxyError {
  return new StyxyError('FORBIDDEN', `${path} can't be trusted`, {
    why,
    hint: 'point STYXY_HOME to a folder of your own, for nothing else',
    details: { path },
  });
}
