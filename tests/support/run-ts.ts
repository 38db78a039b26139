import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

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
  await build({
    stdin: { contents: source, loader: 'ts', resolveDir: root },
    outfile: path,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
    // Bundled CommonJS packages ask for node's own modules through `require`, which an ES module does not have.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
