import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Waits until a file's bytes are on the disk. To replace a file safely: this, then rename, then `syncFolder`. */
export function syncFile(path: string): Promise<void> {
  return sync(path, constants.O_RDWR);
}

/** Waits until a folder's names are on the disk. Windows can't open a folder for this; NTFS journals its names. */
export async function syncFolder(path: string): Promise<void> {
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
