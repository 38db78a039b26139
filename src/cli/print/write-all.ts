import { writeSync } from 'node:fs';

const DISK_ERRORS = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/**
 * Writes straight to a descriptor, without the streams that process.stdout would load.
 * @returns the error of a disk that took only a part of it
 */
export function writeAll(fd: number, text: string): NodeJS.ErrnoException | undefined {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      const failure = error as NodeJS.ErrnoException;
      if (DISK_ERRORS.includes(failure.code ?? '')) return failure;
      // A full pipe whose reader is slow, if somebody made it non-blocking; any other error means nobody reads.
      if (failure.code !== 'EAGAIN') return undefined;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
  return undefined;
}

/** @returns false when the other end of stdout is closed */
export function printBytes(bytes: Buffer): boolean {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
  return true;
}
