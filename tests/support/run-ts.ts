import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleModule } from '../../scripts/bundle.mjs';

export interface Program extends AsyncDisposable {
  /** Absolute path of an ES module that plain `node` can run. */
  path: string;
}

/**
 * Bundles TypeScript text to a module in a temporary folder, for tests that need a process of their own. Its imports
 * are relative to the repository's root: `import { dieLike } from './src/system/process/exit-status.ts'`.
 */
export async function bundleTs(source: string): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), 'styxy-test-'));
  const path = join(folder, 'program.mjs');
  await bundleModule('program.ts', path, { text: source });
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
