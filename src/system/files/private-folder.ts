import { chmodSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { StyxyError, messageOf, systemCode } from '../../base/styxy-error.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Makes sure that a folder exists, belongs to this user and is closed to everybody else (0700).
 * The folder carries the permissions: on some systems those of a socket inside it are ignored.
 * @param followLink the user's own home folder may be a symbolic link; a folder in a shared place must not be
 * @returns its real path
 * @throws StyxyError STATE_UNWRITABLE, FORBIDDEN when it is somebody else's
 */
export function ensurePrivateFolder(path: string, { followLink }: { followLink: boolean }): string {
  try {
    makeFolder(path);
    if (!followLink && lstatSync(path).isSymbolicLink()) throw notOurs(path, 'it is a symbolic link');
    const real = realpathSync(path);
    if (process.platform === 'win32') return real;
    const { uid, mode } = statSync(real);
    if (uid !== process.geteuid?.()) throw notOurs(path, `it belongs to user ${uid}`);
    if ((mode & 0o077) !== 0) chmodSync(real, 0o700);
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

function notOurs(path: string, why: string): StyxyError {
  return new StyxyError('FORBIDDEN', `${path} can't be trusted`, {
    why,
    hint: 'remove it, or point STYXY_HOME to a folder of your own',
    details: { path },
  });
}
