import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder this package is installed in, whether this code runs from its sources or bundled. */
export function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'bin', 'styxy.js'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('styxy is not installed completely: bin/styxy.js is missing');
    folder = parent;
  }
  return folder;
}
