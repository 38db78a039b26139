import { constants, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { refuseForSudo } from './make-folder.ts';

/**
 * Replaces a file in one step: at every moment, a kill and a power cut included, its name leads to the whole old or the
 * whole new content. The bytes reach the disk under another name, then the file is renamed, then the folder reaches it.
 * Writers of one file take turns, or name drafts of their own. A symbolic link would be replaced itself: pass its real path.
 * @param mode permission bits, whatever the umask is
 * @param draft where the new content waits, in the same folder
 * @throws the system's error (EACCES, ENOSPC...), and StyxyError FORBIDDEN (`refuseForSudo`); nothing has changed then
 */
export async function replaceFile(
  path: string,
  text: string | Uint8Array,
  mode: number,
  draft = draftOf(path),
): Promise<void> {
  refuseForSudo(path);
  let onDisk: Promise<void>;
  try {
    await writeDraft(path, text, mode, draft);
    onDisk = putInPlace(path, draft);
  } catch (error) {
    discardDraft(path, draft);
    throw error;
  }
  await onDisk;
}

/** Where the new content waits. Always the same name: what a kill leaves is overwritten by the next writer. */
export const draftOf = (path: string): string => `${path}.new`;

/** The first half of `replaceFile`: resolves when the new content is on the disk. */
export async function writeDraft(
  path: string,
  text: string | Uint8Array,
  mode: number,
  draft = draftOf(path),
): Promise<void> {
  rmSync(draft, { force: true });
  const handle = await open(draft, 'wx', mode);
  try {
    await handle.chmod(mode);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The second half: renames at once, before it returns a promise, which resolves when the new name is on the disk. */
export function putInPlace(path: string, draft = draftOf(path)): Promise<void> {
  renameSync(draft, path);
  return syncFolder(dirname(path));
}

/** Never throws: what is left is overwritten by the next writer. */
export function discardDraft(path: string, draft = draftOf(path)): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // The error of the write itself says what is wrong.
  }
}

/** For a draft that was written in another way: resolves when its bytes are on the disk. */
export function syncDraft(path: string): Promise<void> {
  return sync(draftOf(path), constants.O_RDWR);
}

/** Windows can't open a folder for this; NTFS journals its names. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform !== 'win32') await sync(path, constants.O_RDONLY);
}

async function sync(path: string, flags: number): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
