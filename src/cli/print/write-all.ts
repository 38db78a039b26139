import { writeSync } from 'node:fs';

const DISK_ERRORS = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** A disk took only a part of it. Any other error means that nobody reads. */
export const isOfDisk = ({ code = '' }: NodeJS.ErrnoException): boolean => DISK_ERRORS.includes(code);

/**
 * Writes straight to a descriptor, without the streams that process.stdout would load.
 * @returns why not all of it was written
 */
export function writeAll(fd: number, text: string | Buffer): NodeJS.ErrnoException | undefined {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      const failure = error as NodeJS.ErrnoException;
      // A full pipe whose reader is slow, if somebody made it non-blocking.
      if (failure.code !== 'EAGAIN') return failure;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
  return undefined;
}

/** @returns false when the other end of stdout is closed */
export const printBytes = (bytes: Buffer): boolean => writeAll(1, bytes) === undefined;
