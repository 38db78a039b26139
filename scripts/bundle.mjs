import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What every bundle of this code has in common. */
export const COMMON = {
  cwd: root,
  platform: 'node',
  // Its CommonJS form hides its imports from bundlers.
  resolve: { alias: { 'jsonc-parser': join(root, 'node_modules/jsonc-parser/lib/esm/main.js') } },
};

/** Ink's link to a debugger for React, which it starts where a variable named DEV is set. */
export const withoutDevtools = {
  name: 'without-devtools',
  resolveId: (source, importer) =>
    source === './devtools.js' && importer?.includes('/node_modules/ink/') ? '\0no-devtools' : null,
  load: (id) => (id === '\0no-devtools' ? 'export {};' : null),
};

/**
 * Bundles TypeScript to one ES module that plain `node` can run: for scripts and tests that need a process of their own.
 * @param {string} input path of a file, relative to the root
 * @param {string} file where the module goes
 * @param {{ text?: string, external?: RegExp }} [options] `text` stands for what is in the file
 * @returns {Promise<void>}
 */
export async function bundleModule(input, file, { text, external } = {}) {
  const id = join(root, input);
  const build = await rolldown({
    ...COMMON,
    input: id,
    ...(external && { external }),
    transform: { target: 'node20.19' },
    plugins: [withoutDevtools, ...(text === undefined ? [] : [standIn(id, text)])],
    onLog(level, log) {
      if (log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT') console.error(`${level}: ${log.message}`);
    },
  });
  await build.write({ file, format: 'esm', codeSplitting: false });
  await build.close();
}

/** A module that is no file. */
function standIn(id, text) {
  return {
    name: 'stand-in',
    resolveId: (source) => (source === id ? id : null),
    load: (path) => (path === id ? text : null),
  };
}
