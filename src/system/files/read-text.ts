import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { messageOf, StyxyError, systemCode } from '../../base/styxy-error.ts';

/** More than any of the files that are read whole. */
const LARGEST = 16_000_000;
/** A file of a project that somebody else may have written. */
export const LARGEST_OF_OTHERS = 1_000_000;

/** A file's text; undefined when it can't be read, for whatever reason. */
export function readTextOrNothing(path: string): string | undefined {
  try {
    return readRegular(path, LARGEST);
  } catch {
    return undefined;
  }
}

/** The text of a file of a project; undefined when it is none, or a large one. Never waits for anybody to write it. */
export function readSmallText(path: string): string | undefined {
  try {
    return readRegular(path, LARGEST_OF_OTHERS);
  } catch {
    return undefined;
  }
}

/** @param encoding `latin1`: a character for each byte @throws Error for a pipe, a device, a folder, and a file with more bytes */
export function readRegular(path: string, largest: number, encoding: 'utf8' | 'latin1' = 'utf8'): string {
  // Without it, opening a pipe waits for a writer.
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new Error(`${path} is no regular file`);
    if (stat.size > largest) throw new Error(`${path} has ${stat.size} bytes, more than ${largest}`);
    return readFileSync(fd, encoding);
  } finally {
    closeSync(fd);
  }
}

/**
 * A small file's text; undefined when there is none.
 * @param code of the failure: the file is a part of our state, or a user's
 * @throws StyxyError
 */
export function readTextIfThere(
  path: string,
  code: 'STATE_UNWRITABLE' | 'BAD_CONFIG' = 'STATE_UNWRITABLE',
): string | undefined {
  try {
    return readRegular(path, LARGEST);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw new StyxyError(code, `can't read ${path}`, { why: messageOf(error), cause: error });
  }
}
