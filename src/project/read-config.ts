import { basename, extname } from 'node:path';
import type { StyxyError } from '../base/styxy-error.ts';
import { readRegular } from '../system/files/read-text.ts';
import { mayRun, type ConfigAccess } from './access.ts';
import { bounded } from './bounds.ts';

export const KEY_OF_PACKAGE = 'styxy';
/** In bytes; larger files are no configuration. */
const LARGEST = 1_000_000;

/** A configuration as it was read, before anybody looked whether it makes sense. */
export interface FoundConfig {
  file: string;
  content: unknown;
  /** It is a program that may not be run: what it says is not known. */
  isUnread?: true;
}

type Loader = (file: string, text: string) => unknown;

// What reads them is loaded only where there is one.
const json: Loader = async (file, text) => {
  const { parseJsonConfig } = await import('../settings/parse.ts');
  return bounded(parseJsonConfig(text, file));
};
const yaml: Loader = async (file, text) => {
  const { defaultLoaders } = await import('cosmiconfig');
  return bounded(defaultLoaders['.yaml'](file, text));
};

const DATA: Readonly<Record<string, Loader>> = { '.json': json, '.yaml': yaml, '.yml': yaml, '': yaml };
const javaScript: Loader = async (file, text) =>
  (await import('./config-module.ts')).loadJavaScriptConfig(file, text);
const typeScript: Loader = async (file, text) =>
  (await import('./config-module.ts')).loadTypeScriptConfig(file, text);

const PROGRAMS: Readonly<Record<string, Loader>> = {
  '.js': javaScript,
  '.mjs': javaScript,
  '.cjs': javaScript,
  '.ts': typeScript,
  '.mts': typeScript,
};

/** Whether a configuration of this name has to be run to be read. */
export const isProgram = (file: string): boolean => Object.hasOwn(PROGRAMS, extname(file));

/**
 * The configuration in one file. cosmiconfig itself would also run `.config/config.js` of the current folder, where it
 * looks for its own settings, and read whatever file a key `$import` names; so only its loader is used.
 * @returns undefined when it says nothing
 * @throws StyxyError BAD_CONFIG
 */
export async function readConfigFile(file: string, access: ConfigAccess): Promise<FoundConfig | undefined> {
  try {
    const text = readRegular(file, LARGEST);
    if (text.trim() === '') return undefined;
    const program = PROGRAMS[endingOf(file)];
    if (program && !(await mayRun(access, file, text))) {
      access.unread(file);
      return { file, content: {}, isUnread: true };
    }
    const content = await (program ?? DATA[endingOf(file)] ?? yaml)(file, text);
    const own = basename(file) === 'package.json' ? keyOf(content) : content;
    // Of the others it is what is left of a text with comments alone.
    const isNothing = own === undefined || (own === null && extname(file) !== '.json');
    return isNothing ? undefined : { file, content: own };
  } catch (error) {
    throw await unreadable(error, file);
  }
}

/** The same for a file that is no program. @throws StyxyError BAD_CONFIG */
export async function readDataFile(file: string): Promise<FoundConfig | undefined> {
  try {
    const content = await (DATA[endingOf(file)] ?? yaml)(file, readRegular(file, LARGEST));
    return content === undefined || content === null ? undefined : { file, content };
  } catch (error) {
    throw await unreadable(error, file);
  }
}

const unreadable = async (error: unknown, file: string): Promise<StyxyError> =>
  (await import('../settings/parse.ts')).unreadableConfig(error, file);

/** `.styxyrc` has none, as Node sees it. */
const endingOf = (file: string): string => extname(file);

const keyOf = (content: unknown): unknown =>
  typeof content === 'object' && content !== null && KEY_OF_PACKAGE in content
    ? content[KEY_OF_PACKAGE]
    : undefined;
