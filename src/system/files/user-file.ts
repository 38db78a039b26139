import { createHash, randomUUID } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readlinkSync, realpathSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { messageOf, StyxyError } from '../../base/styxy-error.ts';
import { backUp, pruneBackups } from './backup.ts';
import { refuseForSudo } from './make-folder.ts';
import { replaceFile } from './replace.ts';

/**
 * Replaces a file that the user edits, too, in one step. A link, as people who keep their settings in a repository have
 * it, stays one, and the file keeps its mode. Several at once may write it: each has a draft of its own.
 * @param text undefined: the file is removed
 * @param mode of a new file
 * @param keepAs the copy of what was in it is `<keepAs>.<time>`, and the ten youngest of those are kept
 * @returns the copy's path
 * @throws the system's error, and StyxyError FORBIDDEN (`refuseForSudo`)
 */
export async function replaceUserFile(
  file: string,
  text: string | Uint8Array | undefined,
  { mode, keepAs }: { mode: number; keepAs?: string },
): Promise<string | undefined> {
  const target = linkTarget(file);
  refuseForSudo(target);
  const kept = keepAs === undefined ? undefined : backUp(target, keepAs, new Date());
  if (text === undefined) rmSync(target, { force: true });
  else {
    mkdirSync(dirname(target), { recursive: true });
    const ownMode = (statSync(target, { throwIfNoEntry: false })?.mode ?? mode) & 0o7777;
    await replaceFile(target, text, ownMode, `${target}.${randomUUID().slice(0, 8)}.new`);
  }
  if (keepAs !== undefined && kept !== undefined) pruneBackups(keepAs);
  return kept;
}

/** Does what writes the file, and what is remembered of it. @throws StyxyError STATE_UNWRITABLE for the system's error */
export async function orUnwritable<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StyxyError) throw error;
    throw new StyxyError('STATE_UNWRITABLE', `${file} can't be written`, {
      why: messageOf(error),
      hint: 'check who owns the folder, and that the disk is not full',
      cause: error,
    });
  }
}

const MOST_LINKS = 40;

/** The file that a link leads to, also when it is not there yet. @throws the system's error, and Error for a circle */
export function linkTarget(file: string): string {
  let target = file;
  for (let links = 0; links < MOST_LINKS; links++) {
    if (existsSync(target)) return realpathSync(target);
    if (!lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink()) return target;
    target = resolve(realpathSync(dirname(target)), readlinkSync(target));
  }
  throw new Error(`${file} is a link that leads back to itself`);
}

/** By which a file is known to be as it was left. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
