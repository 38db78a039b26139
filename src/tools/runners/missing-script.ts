import { nearestName } from '../../base/nearest-name.ts';
import type { Project } from '../project.ts';
import { wholeCommand } from '../programs.ts';
import { entryOf, entryPath } from '../sources/entry.ts';
import { readManager } from './manager-call.ts';
import { readPackage } from './package-file.ts';

/** npm has a meaning for these without a script. */
const BUILT_IN = ['start', 'stop', 'restart', 'test', 'env'];
/** With it, a script that is not there is none that has to be run. */
const IF_PRESENT = '--if-present';

/** What a command names and its project does not have. */
export interface Missing {
  is: 'script' | 'file';
  name: string;
  /** What it may be a typo of. */
  near: string | undefined;
}

/** The script that a package manager is asked for, or the file that Node is, where there is none. */
export function missingPart(argv: readonly string[], project: Project): Missing | undefined {
  const command = wholeCommand({ kind: 'argv', words: [...argv] });
  const call = readManager(command.words);
  if (call?.script === undefined) return missingFile(command, project);
  if (call.dir === undefined || call.packages) return undefined;
  if (call.program.length > 0 || BUILT_IN.includes(call.script)) return undefined;
  // To pnpm, `/^watch:/` is a pattern.
  if (call.script.startsWith('/') || command.words.some(({ value }) => value === IF_PRESENT))
    return undefined;
  const own = readPackage(project, call.dir);
  if (!own || Object.hasOwn(own.scripts, call.script)) return undefined;
  const near = nearestName(call.script, Object.keys(own.scripts));
  return { is: 'script', name: call.script, near };
}

/** Only what is certainly a file: another word may be found in more ways than are known here. */
function missingFile(command: Parameters<typeof entryPath>[0], project: Project): Missing | undefined {
  const found = entryPath(command);
  const name = found?.path;
  const isFile = name !== undefined && /^[\w./@-]+\.([cm]?[jt]s|py)$/.test(name) && !name.startsWith('/');
  if (!isFile || entryOf(command, project)) return undefined;
  return { is: 'file', name, near: undefined };
}
