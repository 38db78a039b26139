import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../../base/styxy-error.ts';

/**
 * Makes a folder (0700) and those above it that are missing. Unlike Node's own recursive mkdir, which reports ENOENT
 * for whatever goes wrong further up, it throws the error that says why: EROFS, EACCES, ENOSPC...
 */
export function makeFolder(path: string): void {
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
