import { existsSync, lstatSync, statSync } from 'node:fs';
import { setAside } from './backup.ts';

/** The state of 100,000 leases has a tenth of that. */
const LARGEST = 256_000_000;

/**
 * What stands in the place of a file of ours and is none: a pipe, whose opening would wait for somebody, a device, which
 * never ends, a link to one, or more bytes than we ever write.
 */
function isIrregular(path: string): boolean {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    // A folder can't be taken for a file by mistake: opening it fails at once.
    if (stat) return !stat.isDirectory() && (!stat.isFile() || stat.size > LARGEST);
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // A link to itself.
    return existsSync(path);
  }
}

/** Moves such things to the backups, so that the file can be made anew. @returns where each is kept, in words */
export function setAsideIrregular(paths: readonly string[], backups: string): string[] {
  return paths.flatMap((path) => {
    if (!isIrregular(path)) return [];
    try {
      return [`${path} was no file of ours: it was moved to ${setAside(path, backups, 'irregular', 'move')}`];
    } catch {
      // Opening it will say what is wrong.
      return [];
    }
  });
}
