import { readFileSync } from 'node:fs';
import { messageOf, StyxyError, systemCode } from '../../base/styxy-error.ts';

/** A small file's text; undefined when it can't be read, for whatever reason. */
export function readTextOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** A small file's text; undefined when there is none. @throws StyxyError STATE_UNWRITABLE */
export function readTextIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw new StyxyError('STATE_UNWRITABLE', `can't read ${path}`, { why: messageOf(error), cause: error });
  }
}
