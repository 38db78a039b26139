import { closeSync, fstatSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';

/** A file that only grows, by whole chunks: a chunk is in it completely, or `append` throws and nothing of it is. */
export interface AppendFile {
  readonly size: number;
  append(chunk: Buffer): void;
  /** This very file is found under that name. */
  isAt(path: string): boolean;
  close(): void;
}

/** @throws the system's error (EACCES, EROFS, ENOSPC...), also from `append` */
export function openAppendFile(path: string): AppendFile {
  const fd = openSync(path, 'a', 0o600);
  let size = fstatSync(fd).size;

  return {
    get size() {
      return size;
    },
    append(chunk) {
      let written = 0;
      try {
        // On a full disk write(2) first stores what still fits, then fails.
        while (written < chunk.length) written += writeSync(fd, chunk, written);
      } catch (error) {
        if (written > 0) ftruncateSync(fd, size);
        throw error;
      }
      size += chunk.length;
    },
    isAt(path) {
      const [named, own] = [statSync(path, { throwIfNoEntry: false }), fstatSync(fd)];
      return named !== undefined && named.ino === own.ino && named.dev === own.dev;
    },
    close: () => closeSync(fd),
  };
}
