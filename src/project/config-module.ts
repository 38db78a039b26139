import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { systemCode, messageOf } from '../base/styxy-error.ts';
import { unreadableConfig } from '../settings/parse.ts';

/** What `defineConfig` is, for projects that do not have this package installed. */
const OURSELVES = '{ defineConfig: (config) => config }';

/**
 * A configuration written in TypeScript: its types are taken away, nothing is checked. Works without a compiler in the
 * project, on every Node that we run on.
 * @throws StyxyError BAD_CONFIG
 */
export async function loadTypeScriptConfig(file: string, text: string): Promise<unknown> {
  try {
    const { transform } = await import('sucrase');
    const { code } = transform(text, { transforms: ['typescript'], disableESTransforms: true });
    return exportOf(await evaluate(file, withoutOurselves(code)));
  } catch (error) {
    throw unreadableConfig(error, file);
  }
}

/** @throws StyxyError BAD_CONFIG */
export async function loadJavaScriptConfig(file: string, text: string): Promise<unknown> {
  try {
    const loaded: unknown = await import(pathToFileURL(file).href).catch((error: unknown) => {
      if (!lacksOurselves(error)) throw error;
      return evaluate(file, withoutOurselves(text));
    });
    return exportOf(loaded);
  } catch (error) {
    throw unreadableConfig(error, file);
  }
}

function exportOf(module: unknown): unknown {
  const value = typeof module === 'object' && module !== null && 'default' in module && module.default;
  if (value === undefined || value === false) throw new Error('it has no default export');
  return value;
}

const lacksOurselves = (error: unknown): boolean =>
  ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(systemCode(error) ?? '') &&
  messageOf(error).includes(`'styxy'`);

/** Puts the one function that a configuration needs of us in the place of its import. */
function withoutOurselves(code: string): string {
  return code
    .replaceAll(/\bimport\s*\{([^}]*)\}\s*from\s*['"]styxy['"];?/g, (statement, names: string) => {
      const wanted = names.split(',').filter((name) => name.trim());
      const isOnlyThat = wanted.every((name) => /^\s*defineConfig\b/.test(name));
      return isOnlyThat ? `const {${names.replaceAll(/\sas\s/g, ': ')}} = ${OURSELVES};` : statement;
    })
    .replaceAll(/\brequire\(\s*['"]styxy['"]\s*\)/g, `(${OURSELVES})`);
}

/** Runs a module's text as if it stood in the file. Nothing is written beside the file unless the text needs its place. */
async function evaluate(file: string, code: string): Promise<unknown> {
  if (!/\bimport\b|\brequire\b|\bmodule\.exports\b|\b__dirname\b/.test(code)) {
    return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
  }
  const isCommonJs = /\bmodule\.exports\b/.test(code) && !/^\s*export\s/m.test(code);
  const place = `${file}.${randomBytes(6).toString('hex')}.${isCommonJs ? 'cjs' : 'mjs'}`;
  writeFileSync(place, code);
  try {
    return await import(pathToFileURL(place).href);
  } finally {
    rmSync(place, { force: true });
  }
}
