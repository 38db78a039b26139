import { existsSync } from 'node:fs';
import { removedFolder } from '../base/styxy-error.ts';

/**
 * For what works on the files of a project: without its folder it would say that nothing is configured there.
 * @throws StyxyError USAGE
 */
export function requireFolder(cwd: string): void {
  if (!existsSync(cwd)) throw removedFolder();
}
