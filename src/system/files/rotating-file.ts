import { appendFileSync, closeSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../../base/styxy-error.ts';

/** A file of text lines that is renamed away when it has grown, to `path.1`, then `path.2`... */
export interface RotatingFile {
  /** Whole lines. @throws the system's error (EACCES, ENOSPC...) */
  append(lines: string): void;
  /** The file and the old ones that are there, oldest first. */
  files(): string[];
}

/**
 * @param largest bytes
 * @param kept how many old ones stay
 */
export function openRotatingFile(
  path: string,
  { largest, kept }: { largest: number; kept: number },
): RotatingFile {
  const nameOf = (age: number): string => (age === 0 ? path : `${path}.${age}`);
  const ages = Array.from({ length: kept + 1 }, (_, index) => kept - index);
  let size = sizeOf(path);
  // A kill or a full disk may have left half a line, which must not become one with the next.
  let isTorn = size > 0 && lastByte(path, size) !== '\n';

  function rotate(): void {
    for (const age of ages) {
      if (age < kept && sizeOf(nameOf(age)) > 0) renameSync(nameOf(age), nameOf(age + 1));
    }
    size = 0;
    isTorn = false;
  }

  return {
    append(lines) {
      const bytes = Buffer.byteLength(lines);
      if (size > 0 && size + bytes > largest) rotate();
      const text = isTorn ? `\n${lines}` : lines;
      isTorn = true;
      appendToFile(path, text);
      isTorn = false;
      size += bytes;
    },
    files: () => ages.map(nameOf).filter((name) => sizeOf(name) > 0),
  };
}

/** The folder may have been removed since the last time. */
function appendToFile(path: string, text: string): void {
  try {
    appendFileSync(path, text, { mode: 0o600 });
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    appendFileSync(path, text, { mode: 0o600 });
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    return 0;
  }
}

function lastByte(path: string, size: number): string | undefined {
  try {
    const fd = openSync(path, 'r');
    const byte = Buffer.alloc(1);
    readSync(fd, byte, 0, 1, size - 1);
    closeSync(fd);
    return byte.toString('latin1');
  } catch {
    return undefined;
  }
}
