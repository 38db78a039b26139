import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { StyxyError } from '../base/styxy-error.ts';
import { isSection, mergeLayers } from '../settings/layers.ts';
import { readDataFile, type FoundConfig } from './read-config.ts';

const DEEPEST = 5;
/** Data only: a file that extends another one must not be a way to run a program. */
const DATA = /\.(json|ya?ml)$/;

/** A configuration with what it extends below it. */
export interface Extended {
  found: FoundConfig;
  /** The files that it extends, from below. */
  bases: readonly FoundConfig[];
}

/**
 * Follows `extends`: a path from the file's folder, or a package that has a `styxy.config.json`; the later of several
 * wins, and the file itself wins over all.
 * @throws StyxyError BAD_CONFIG
 */
export async function withExtended(found: FoundConfig, depth = 0): Promise<Extended> {
  const names = namesIn(found.content);
  if (names.length === 0) return { found, bases: [] };
  if (depth === DEEPEST)
    throw broken(found, names[0]!, 'files extend each other in a circle, or more than 5 deep');
  const bases: FoundConfig[] = [];
  for (const name of names) {
    const file = placeOf(name, found);
    const base = await readDataFile(file);
    if (base === undefined) throw broken(found, name, `${file} is empty`);
    const inner = await withExtended(base, depth + 1);
    bases.push(...inner.bases, base);
  }
  const layers = [...bases, found].map(({ file, content }) => ({
    layer: 'project' as const,
    source: file,
    values: isSection(content) ? content : {},
  }));
  return { found: { ...found, content: mergeLayers(layers).values }, bases };
}

/** What is no text is told by the check of the whole. */
function namesIn(content: unknown): string[] {
  const names = isSection(content) ? [content.extends].flat() : [];
  return names.filter((name) => typeof name === 'string');
}

function placeOf(name: string, from: FoundConfig): string {
  const isPath = /^\.{0,2}[\\/]|^[a-z]:[\\/]/i.test(name) || DATA.test(name);
  const file = isPath ? resolve(dirname(from.file), name) : inPackage(name, from);
  if (!DATA.test(file)) throw broken(from, name, 'only JSON and YAML can be extended');
  return file;
}

function inPackage(name: string, from: FoundConfig): string {
  const require = createRequire(from.file);
  try {
    return require.resolve(`${name}/styxy.config.json`);
  } catch {
    throw broken(from, name, `there is no package ${name} here that has a styxy.config.json`);
  }
}

function broken({ file }: FoundConfig, name: string, why: string): StyxyError {
  return new StyxyError('BAD_CONFIG', `${file} extends "${name}", which can't be read`, {
    why,
    hint: 'give a path that begins with ./, or the name of a package that is installed',
    details: { file, problems: [] },
  });
}
