import { linkSync } from 'node:fs';
import { systemCode } from '../../base/styxy-error.ts';

/**
 * Gives a file a second name, unless something has that name already: link(2) does it or fails, and the name appears
 * with the whole content.
 * @returns whether it has the name now
 */
export function linkIfAbsent(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}
