import * as nodeModule from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction, constants } from 'node:vm';
import { systemCode } from '../base/styxy-error.ts';

/** What a configuration needs of this package, for projects that do not have it installed. */
const OURSELVES = { defineConfig: (config: unknown) => config };
const OUR_URL = 'data:text/javascript,export const defineConfig = (config) => config;';
const OUR_NAME = 'styxy';

interface Text {
  url: string;
  source: string;
}

/**
 * Runs a text as the ES module in `file`: `import.meta.url` and relative imports mean that place, and nothing is written
 * there. An import of `styxy` that finds no package gets `defineConfig`.
 */
export async function importText(file: string, source: string): Promise<unknown> {
  const text = { url: `${pathToFileURL(file).href}?styxy`, source };
  const unhook = hook(text);
  try {
    return await import(text.url);
  } finally {
    unhook();
  }
}

/** The same for a CommonJS module, with `require` and `__dirname` of its place. */
export function requireText(file: string, source: string): unknown {
  const installed = nodeModule.createRequire(file);
  const require = Object.assign((id: string): unknown => {
    try {
      return installed(id);
    } catch (error) {
      if (id !== OUR_NAME || systemCode(error) !== 'MODULE_NOT_FOUND') throw error;
      return OURSELVES;
    }
  }, installed);
  const module = { exports: {}, filename: file };
  const run = compileFunction(source, ['module', 'exports', 'require', '__filename', '__dirname'], {
    filename: file,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  run(module, module.exports, require, file, dirname(file));
  return { default: module.exports };
}

type Next<Answer> = (url: string, context?: unknown) => Answer;

/** Since Node 22.15; @types/node of the oldest Node that we run on does not know it. */
interface SynchronousHooks {
  registerHooks(hooks: {
    resolve(name: string, context: unknown, next: Next<object>): object;
    load(url: string, context: unknown, next: Next<object>): object;
  }): { deregister(): void };
}

/** @returns takes it back */
function hook({ url, source }: Text): () => void {
  if (!hasSynchronousHooks(nodeModule)) {
    // Deprecated at run time in Node 26, and the only way in Node 20. It can't be taken back, and answers for one URL only.
    nodeModule.register(`data:text/javascript,${encodeURIComponent(HOOKS_OF_NODE_20)}`, {
      data: { url, source, ours: OUR_URL, name: OUR_NAME },
    });
    return () => undefined;
  }
  const hooks = nodeModule.registerHooks({
    resolve(name, context, next) {
      try {
        return next(name, context);
      } catch (error) {
        if (name !== OUR_NAME) throw error;
        return { url: OUR_URL, format: 'module', shortCircuit: true };
      }
    },
    load: (asked, context, next) =>
      asked === url ? { source, format: 'module', shortCircuit: true } : next(asked, context),
  });
  return () => hooks.deregister();
}

const hasSynchronousHooks = (module: object): module is SynchronousHooks => 'registerHooks' in module;

/** The same two hooks, as the text of a module: they run in another thread. */
const HOOKS_OF_NODE_20 = `
let given;
export const initialize = (data) => void (given = data);
export async function resolve(name, context, next) {
  try {
    return await next(name, context);
  } catch (error) {
    if (name !== given.name) throw error;
    return { url: given.ours, format: 'module', shortCircuit: true };
  }
}
export const load = async (asked, context, next) =>
  asked === given.url ? { source: given.source, format: 'module', shortCircuit: true } : next(asked, context);
`;
