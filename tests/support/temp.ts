import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh, empty folder and the way to be rid of it. The path has no symbolic links in it. */
interface TempDir {
  readonly path: string;
  readonly remove: () => void;
}

/** The name stays short: a Unix socket's path may have no more than 107 bytes. */
export function tempDir(prefix = 'styxy-'): TempDir {
  const path = realpathSync(mkdtempSync(join(tmpdir(), prefix)));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}
