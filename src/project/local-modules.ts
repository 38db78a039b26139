import { dirname, resolve } from 'node:path';
import { readSmallText } from '../system/files/read-text.ts';

/** `import x from './y'`, `export … from`, `import('./y')`, `require('./y')`. */
const LOCAL = /\b(?:from|import|require)\s*\(?\s*(["'`])(\.{1,2}(?:\/[^"'`\n]*)?)\1/g;
const ENDINGS = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.json', '/index.js', '/index.mjs', '/index.ts'];
/** A configuration is small; more than this is no configuration. */
const MOST_FILES = 200;

export interface LocalModule {
  file: string;
  text: string;
}

/** A module and those of the project that it names by a path, and these in turn, in an order that is always the same. */
export function localModules(file: string, text: string): LocalModule[] {
  const modules = new Map([[file, text]]);
  for (const [from, source] of modules) {
    if (modules.size > MOST_FILES) break;
    for (const [, , name = ''] of source.matchAll(LOCAL)) {
      const found = moduleAt(resolve(dirname(from), name));
      if (found && !modules.has(found.file)) modules.set(found.file, found.text);
    }
  }
  return [...modules].map(([each, source]) => ({ file: each, text: source }));
}

function moduleAt(path: string): LocalModule | undefined {
  // TypeScript is imported by the name of what it would become.
  const paths = [...ENDINGS.map((ending) => path + ending), path.replace(/\.(m?)js$/, '.$1ts')];
  for (const file of paths) {
    const text = readSmallText(file);
    if (text !== undefined) return { file, text };
  }
  return undefined;
}
