import { pathToFileURL } from 'node:url';
import { systemCode } from '../base/styxy-error.ts';
import { unreadableConfig } from '../settings/parse.ts';
import { importText, requireText } from './import-text.ts';

/**
 * A configuration written in TypeScript: its types are taken away, nothing is checked. Works without a compiler in the
 * project, on every Node that we run on.
 * @throws StyxyError BAD_CONFIG
 */
export async function loadTypeScriptConfig(file: string, text: string): Promise<unknown> {
  try {
    const { transform } = await import('sucrase');
    const { code } = transform(text, { transforms: ['typescript'], disableESTransforms: true });
    return exportOf(await evaluate(file, code));
  } catch (error) {
    throw unreadableConfig(error, file);
  }
}

/** @throws StyxyError BAD_CONFIG */
export async function loadJavaScriptConfig(file: string, text: string): Promise<unknown> {
  try {
    const loaded: unknown = await import(pathToFileURL(file).href).catch((error: unknown) => {
      // It may be this package that is missing; if not, the same error comes again.
      if (!MISSING.includes(systemCode(error) ?? '')) throw error;
      return evaluate(file, text);
    });
    return exportOf(loaded);
  } catch (error) {
    throw unreadableConfig(error, file);
  }
}

const MISSING = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'];

function exportOf(module: unknown): unknown {
  const value = typeof module === 'object' && module !== null && 'default' in module && module.default;
  if (value === undefined || value === false) throw new Error('it has no default export');
  return value;
}

/** Runs a module's text as if it stood in the file. */
async function evaluate(file: string, code: string): Promise<unknown> {
  return isCommonJs(file, code) ? requireText(file, code) : importText(file, code);
}

function isCommonJs(file: string, code: string): boolean {
  if (/\.[cm][jt]s$/.test(file)) return file.endsWith('.cjs');
  return /\b(module\.exports|exports\.|require\()/.test(code) && !/^\s*(import|export)\b/m.test(code);
}
